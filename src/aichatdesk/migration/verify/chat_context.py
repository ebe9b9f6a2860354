"""How much the model really reads, by the server's count against ours.

Our count: two prompts of known length give the tokens of a word and of the frame around; a longer prompt of the
same words must count as many more.
"""

from dataclasses import dataclass

from aichatdesk.inference.chat import ChatTurn
from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected, ModelUnavailable
from aichatdesk.migration.verify.bench import ChatBench, Said, mark, words
from aichatdesk.migration.verify.findings import Check, Finding, fail, ok, skipped, warn
from aichatdesk.migration.verify.server_kind import ollama_window

_NEEDS = ("chat.stream", "chat.ends", "chat.own_answer")
_SHORT, _LONG = 40, 200
_PREFILL_SECONDS, _OVERLONG_SECONDS = 15.0, 20.0
_ROOM_FOR_ANSWER = 64
_USUAL_ANSWER = 1024
# Below this share of our own count something was cut off; the count itself is right to a few tokens.
_CUT = 0.9
_GROWTH = 1.3
_MOST_WORDS = 500_000
_MOST_COUNTED = 10_000
_REMEDY = (
    "Give the server a longer window: vLLM `--max-model-len {tokens}`; llama.cpp `--ctx-size` {tokens} times the "
    "slots; Ollama a Modelfile with `PARAMETER num_ctx {tokens}`, or OLLAMA_CONTEXT_LENGTH={tokens}. Or tell the desk "
    "what it has: LLM_CONTEXT_TOKENS."
)


@dataclass(frozen=True, slots=True)
class _Ruler:
    """Tokens of the frame and of a word, as this server counts, and the seconds it took to read the longer prompt."""

    frame: float
    word: float
    seconds: float

    def tokens(self, number: int) -> float:
        return self.frame + self.word * number

    def words_for(self, tokens: float) -> int:
        return min(_MOST_WORDS, max(1, int((tokens - self.frame) / self.word)))


def _prompt(needle: str, number: int) -> list[ChatTurn]:
    return [ChatTurn("user", f"The word is {needle}. {words(number)} Which word was named at the start?")]


async def _ruler(bench: ChatBench) -> _Ruler | None:
    """Measure with two prompts; None where the server's counts do not grow with the prompt."""
    said = [await bench.say(_prompt(mark(), number), 1, seconds=20) for number in (_SHORT, _LONG)]
    short, long = (one.finished.prompt_tokens for one in said)
    if short is None or long is None or not 0 < short <= long < _MOST_COUNTED:
        return None
    word = (long - short) / (_LONG - _SHORT)
    return _Ruler(short - word * _SHORT, word, said[1].first) if word > 0.2 else None


async def check_window(bench: ChatBench) -> Finding:
    """Compare what the server says of its window with the longest prompt that the desk would write."""
    window, needed = bench.kind.window, bench.profile.context_tokens
    if bench.kind.provider == "ollama":
        window = await ollama_window(bench.raw, bench.target.model)
        if window is not None and window < needed:
            return fail(
                f"{window} tokens, and the desk writes up to {needed}: Ollama drops the rest in silence, from the start on",
                _REMEDY.format(tokens=needed),
                window=window,
            )
    if window is None:
        return skipped("the server does not tell its window")
    if window < needed:
        usual = bench.profile.passage_token_budget + _USUAL_ANSWER
        return (warn if window >= usual else fail)(
            f"{window} tokens, and the desk writes up to {needed}: what is longer is refused, and people must answer it",
            _REMEDY.format(tokens=needed),
            window=window,
        )
    return ok(f"{window} tokens; the desk writes up to {needed}", window=window)


async def check_context(bench: ChatBench) -> Finding:
    """Send a long prompt with a needle at its front."""
    ruler = await _ruler(bench)
    if ruler is None:
        return skipped("the server tells no counts that grow with the prompt; see chat.usage")
    patience = bench.raw.patience
    wanted, why = _length(bench, ruler)
    for tokens in (wanted, wanted / 3):
        number, needle = ruler.words_for(tokens - _ROOM_FOR_ANSWER), mark()
        limit = bench.seconds_left if bench.options.full else 2 * _seconds_to_read(bench)
        try:
            said = await bench.say(_prompt(needle, number), 12, seconds=limit / patience)
        except ContextTooLong as error:
            return fail(
                f"about {tokens:.0f} tokens are refused: {error}", _REMEDY.format(tokens=round(wanted))
            )
        except ModelOverloaded:
            raise
        except ModelUnavailable as error:
            slow = str(error)
            continue
        return _judge(bench, said, needle, ruler.tokens(number), why)
    return warn(
        f"{wanted:.0f} tokens and a third of them: {slow}",
        "Run again with --full while nobody else asks. If it stays so, the server cannot read prompts as long "
        "as the desk writes them.",
    )


def _judge(bench: ChatBench, said: Said, needle: str, expected: float, why: str) -> Finding:
    counted = said.finished.prompt_tokens
    if counted is None:
        return skipped("the server tells no counts")
    seen = f"{counted} tokens counted by the server of {expected:.0f} sent ({why})"
    if counted < _CUT * expected:
        return fail(
            f"{seen}: the rest was cut off in silence", _REMEDY.format(tokens=bench.profile.context_tokens)
        )
    named = "; the word at the front was named" if needle in said.text else ""
    return ok(seen + named, prompt_tokens_per_second=round(counted / max(said.first, 1e-3)))


def _seconds_to_read(bench: ChatBench) -> float:
    """What the long prompt may take, so that time is left for the other checks."""
    return min(_PREFILL_SECONDS * bench.options.patience, max(bench.seconds_left / 4, 3))


def _length(bench: ChatBench, ruler: _Ruler) -> tuple[float, str]:
    """How many tokens to send, and why so many."""
    window = bench.kind.window or bench.profile.context_tokens
    if bench.options.full:
        return window, "the full window"
    tokens, measured = min(window, bench.profile.context_tokens), ruler.tokens(_LONG)
    held = (
        "as much as the window holds"
        if tokens < bench.profile.context_tokens
        else "as much as the desk writes"
    )
    # Reading grows faster than the prompt, because each token looks back at all before it.
    readable = measured * (_seconds_to_read(bench) / max(ruler.seconds, 1e-3)) ** (1 / _GROWTH)
    if readable < tokens:
        return max(readable, 1.5 * measured), f"as much as it reads in {_seconds_to_read(bench):.0f} s"
    return tokens, held


async def check_overlong(bench: ChatBench) -> Finding:
    """Send more than can be read: it must be refused, not cut."""
    ruler = await _ruler(bench)
    if ruler is None:
        return skipped("the server tells no counts that grow with the prompt; see chat.usage")
    window = bench.kind.window
    number = ruler.words_for(1.15 * window + 100 if window else 2 * bench.profile.context_tokens)
    expected = ruler.tokens(number)
    # A server that does not tell its window may read all of it, and a slow one for minutes.
    limit = bench.seconds_left if bench.options.full else _OVERLONG_SECONDS * bench.options.patience
    if number == _MOST_WORDS:
        return skipped(f"the window of {window} tokens is too long to be exceeded here")
    try:
        said = await bench.say(_prompt(mark(), number), 1, seconds=limit / bench.raw.patience)
    except ContextTooLong:
        return ok(f"about {expected:.0f} tokens are refused, and the reason is told")
    except ModelRejected as error:
        return warn(
            f"about {expected:.0f} tokens are refused, but not for their length: {error}",
            "The desk's log will blame the model and not the length of the prompt; update the server.",
        )
    except ModelOverloaded:
        raise
    except ModelUnavailable as error:
        if "within" in str(error):
            return _neither(
                f"about {expected:.0f} tokens were neither refused nor read within {limit:.0f} s", window
            )
        return fail(
            f"about {expected:.0f} tokens brought no refusal: {error}",
            "A prompt that is too long must be refused with 400; see the server's log, and update it.",
        )
    counted = said.finished.prompt_tokens
    if counted is None:
        return skipped("the server tells no counts")
    if counted < _CUT * expected:
        needed = bench.profile.context_tokens
        seen = f"{counted} tokens counted of {expected:.0f} sent: cut off in silence, not refused"
        # Ollama cannot refuse; a desk that is told so keeps within the window, which `chat.context` has tried.
        if bench.target.provider.lower() == "ollama" and counted > _CUT * needed:
            return warn(
                seen,
                f"Ollama cannot refuse. This desk keeps within {needed} tokens and is not touched; other programs that ask "
                "the same server may be.",
            )
        judged = warn if bench.target.provider.lower() == "ollama" else fail
        return judged(
            seen,
            _REMEDY.format(tokens=needed)
            + " Where the server cannot refuse, as Ollama, set LLM_PROVIDER=ollama so that the "
            "desk keeps its prompts within the window.",
        )
    return ok(f"all of {expected:.0f} tokens were read, so the window is longer than that")


def _neither(seen: str, window: int | None) -> Finding:
    """What to say where there was no time to see; a server that knows its window has no need to read first."""
    if window is None:
        return skipped(f"{seen}; try --full")
    return warn(
        seen,
        "A prompt that is too long should be refused at once. Run this again with --full: it may be cut in silence, or "
        "the server may hang on it.",
    )


CONTEXT_CHECKS: tuple[Check[ChatBench], ...] = (
    Check(
        "chat.window",
        "The window holds the desk's prompts",
        "nothing more",
        check_window,
        needs=("chat.model",),
    ),
    Check(
        "chat.context",
        "A long prompt is read whole",
        "a needle at the front of as many words as can be read in 15 s",
        check_context,
        needs=_NEEDS,
        seconds=60,
    ),
    Check(
        "chat.overlong",
        "A prompt that is too long is refused, not cut",
        "more than the window holds",
        check_overlong,
        needs=_NEEDS,
        seconds=45,
    ),
)
