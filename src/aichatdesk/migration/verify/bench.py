"""What the checks of one address share: the clients, what was learned so far, and how much time is left."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx2
import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.errors import Misconfigured
from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import (
    EmbeddingProfile,
    ProviderProfile,
    embedding_profile,
    provider_profile,
)
from aichatdesk.inference.retry import RetryPolicy
from aichatdesk.migration.verify.findings import Side
from aichatdesk.migration.verify.raw import NoReply, RawEndpoint, Reply, Streamed
from aichatdesk.migration.verify.server_kind import ServerKind
from aichatdesk.migration.verify.target import Options, Target

_FIRST_LIMIT = 30.0
_SLOW_TOKEN = 0.06
_MOST_PATIENCE = 4.0
# What a server that writes slowly gets beside the time that all have.
_MORE_TIME = 30.0
OPENING = "Tell a long story about a lighthouse keeper and a storm."
WORDS = (
    "the river runs down from the hills to the old town where people work and rest and every evening the light "
    "falls on the stone bridge while boats pass under it with wood and grain for the market on the other side"
).split()


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as the desk would see it; `first` is the seconds until its first visible text."""

    text: str
    finished: Finished
    first: float


class Bench:
    """The part that both sides share."""

    side: Side
    settings: str  # how the names of this side's settings begin
    path: str
    holds: str  # where an answer has what was asked for

    def __init__(self, client: httpx2.AsyncClient, target: Target, options: Options, deadline: float) -> None:
        """Raises `UnusableAddress` for what is no address."""
        self.target = target
        self.options = options
        address = Endpoint(
            client, target.base_url, provider_profile(target.provider), api_key=target.api_key
        ).base_url
        self.raw = RawEndpoint(client, address, target.api_key, options.patience)
        self.kind = ServerKind()
        self.listing: Reply | None = None
        self.connection_fault: NoReply | None = None
        self._client = client
        self._deadline = deadline
        self._first: Reply | NoReply | None = None

    @property
    def seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    @property
    def profile(self) -> ProviderProfile:
        """As the desk has it: the provider that is set; of a server that is not set yet, the kind that was found."""
        found = "" if self.target.is_set else self.kind.provider
        return provider_profile(
            self.target.provider or found,
            concurrency=self.target.concurrency,
            context_tokens=self.target.context_tokens,
        )

    @property
    def on_this_machine(self) -> bool:
        return httpx2.URL(self.target.base_url).host in {"127.0.0.1", "localhost", "::1"}

    def require_usable(self) -> None:
        """Raise `Misconfigured` for a key that no request could carry, or an API that is not OpenAI's."""
        if self._endpoint(1).profile.protocol != "openai":
            raise Misconfigured(
                f"{self.settings}_PROVIDER is {self.target.provider}: only servers with OpenAI's API are verified. "
                "Leave this one out with --only."
            )

    def smallest(self) -> dict[str, Any]:
        """The smallest request that needs the model."""
        raise NotImplementedError

    async def first_reply(self) -> Reply:
        """The first call that needs the model, made once.

        Raises:
            NoReply: There was no answer to it.
        """
        if self._first is None:
            try:
                self._first = await self.raw.post(self.path, self.smallest(), seconds=_FIRST_LIMIT)
            except NoReply as error:
                self._first = error
        if isinstance(self._first, NoReply):
            raise self._first
        return self._first

    def _endpoint(self, seconds: float) -> Endpoint:
        limit = timedelta(seconds=seconds * self.raw.patience)
        profile = replace(
            self.profile,
            first_token_timeout=min(limit, self.profile.first_token_timeout),
            total_timeout=limit,
        )
        return Endpoint(
            self._client,
            self.target.base_url,
            profile,
            api_key=self.target.api_key,
            policy=RetryPolicy(attempts=1),
        )


class ChatBench(Bench):
    """A chat model under test.

    Attributes:
        places: How many it has been seen to answer at once; None before.
        token_seconds: What a token took in the first answer; 0 where it was not seen.
    """

    side = "chat"
    settings = "LLM"
    path = "/chat/completions"
    holds = "choices"

    def __init__(self, client: httpx2.AsyncClient, target: Target, options: Options, deadline: float) -> None:
        super().__init__(client, target, options, deadline)
        self._opening: Streamed | None = None
        self.places: int | None = None
        self.token_seconds = 0.0

    @property
    def at_once(self) -> int:
        return self.options.at_once or self.profile.concurrency

    def body(self, question: str, limit: int, **more: object) -> dict[str, Any]:
        """A request without streaming; `limit` in tokens."""
        return {
            "model": self.target.model,
            "messages": [{"role": "user", "content": question}],
            "temperature": 0,
            self.profile.max_tokens_field: limit,
            **more,
        }

    def streaming_body(self, question: str, limit: int) -> dict[str, Any]:
        """As the desk asks."""
        usage = {"stream_options": {"include_usage": True}} if self.profile.usage_in_stream else {}
        return self.body(question, limit, stream=True, **usage)

    def smallest(self) -> dict[str, Any]:
        """See `Bench.smallest`."""
        return self.body(f"{mark()} Say hello.", 4)

    async def opening(self) -> Streamed:
        """A stream of 24 tokens at most, read once and looked at by several checks.

        With a server that writes slowly there is more patience from then on.
        """
        if self._opening is None:
            body = self.streaming_body(OPENING, 24)
            self._opening = await self.raw.stream(body, seconds=15, most_pieces=160)
            times = [at for at, _ in self._opening.pieces]
            if len(times) > 2:
                self.token_seconds = (times[-1] - times[0]) / (len(times) - 1)
                slow = min(max(self.token_seconds / _SLOW_TOKEN, 1.0), _MOST_PATIENCE)
                self.raw.patience *= slow
                self._deadline += self.options.patience * _MORE_TIME * (slow - 1) / (_MOST_PATIENCE - 1)
        return self._opening

    def tokens_in(self, seconds: float, *, least: int, most: int) -> int:
        """How many tokens it writes in so long."""
        written = self.options.patience * seconds / max(self.token_seconds, 1e-6)
        return round(min(max(written, least), most))

    async def say(
        self, turns: str | Sequence[ChatTurn], limit: int, *, seconds: float = 10, **how: Any
    ) -> Said:
        """Ask as the desk does; errors are those of `ChatModel.stream`."""
        chat = OpenAIChat(self._endpoint(seconds), self.target.model)
        asked = [ChatTurn("user", turns)] if isinstance(turns, str) else turns
        began, first, text, finished = time.monotonic(), 0.0, "", Finished("stop")
        async for piece in chat.stream(asked, answer_tokens=limit, **how):
            if isinstance(piece, Token):
                first = first or time.monotonic() - began
                text += piece.text
            else:
                finished = piece
        return Said(text, finished, first or time.monotonic() - began)

    async def count(self, turns: Sequence[ChatTurn], *, seconds: float = 10) -> int | None:
        """How many tokens of a prompt the server says it read; None where it does not say."""
        return (await self.say(turns, 1, seconds=seconds)).finished.prompt_tokens


class EmbeddingBench(Bench):
    """An embedding model under test."""

    side = "embedding"
    settings = "EMBEDDING"
    path = "/embeddings"
    holds = "data"

    @property
    def model_profile(self) -> EmbeddingProfile:
        """As the desk would have it."""
        return embedding_profile(self.target.model, dimensions=self.target.dimensions)

    def smallest(self) -> dict[str, Any]:
        """See `Bench.smallest`."""
        return {"model": self.target.model, "input": ["Hello."], "encoding_format": "float"}

    def client(self, seconds: float = 20, *, width: int | None = None) -> OpenAIEmbeddings:
        """The desk's own client; without a width any is taken."""
        return OpenAIEmbeddings(self._endpoint(seconds), replace(self.model_profile, width=width))

    async def embed(self, texts: Sequence[str], *, seconds: float = 20) -> NDArray[np.float32]:
        """Embed as documents, of whatever width."""
        return await self.client(seconds).embed_documents(texts)


def mark() -> str:
    """A word that no prompt before had, so that nothing kept from an earlier one is of use."""
    return uuid.uuid4().hex[:10]


def schema_of(values: Sequence[str]) -> dict[str, object]:
    """A schema that allows `{"mark": value}` with one of these values, and nothing else."""
    return {
        "type": "object",
        "properties": {"mark": {"type": "string", "enum": list(values)}},
        "required": ["mark"],
        "additionalProperties": False,
    }


def words(number: int) -> str:
    """So many common words."""
    return " ".join(WORDS[place % len(WORDS)] for place in range(number))
