"""Tell what the assistant would make of a question, without asking the model."""

from collections.abc import Sequence

from aichatdesk.assistant.decide import NothingRelevant, before_the_model
from aichatdesk.assistant.language import answer_language
from aichatdesk.assistant.small_talk import SmallTalk, small_talk
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.ports import Decision
from aichatdesk.knowledge.relevance import PERHAPS, relevance


class TurnPreCheck:
    """Implements knowledge's `PreCheck` by what a turn does first."""

    def __init__(self, embedding_model: str) -> None:
        self._model = embedding_model

    def language_of(self, question: str) -> str:
        """See `PreCheck.language_of`."""
        return answer_language(question, None)

    def decide(self, question: str, passages: Sequence[Passage], language: str) -> Decision:
        """See `PreCheck.decide`."""
        value = relevance(passages, model=self._model, language=language)
        talk = small_talk(question)
        if talk is SmallTalk.WANTS_PERSON:
            return Decision(
                False, "wants_person", "A person is asked for, and the chat goes to one.", value, PERHAPS
            )
        if talk is not None:
            return Decision(
                True,
                "small_talk",
                "A greeting, thanks or a farewell is answered without documents.",
                value,
                PERHAPS,
            )
        outlook = before_the_model(passages, model=self._model, language=language)
        if isinstance(outlook, NothingRelevant):
            reason = "The documents do not speak of this; the assistant says so and offers a person."
            return Decision(False, "nothing_relevant", reason, value, PERHAPS)
        if outlook.sure:
            return Decision(True, "relevant", "The documents speak of this.", value, PERHAPS)
        reason = "The documents may speak of this; only what a passage supports as a whole is said."
        return Decision(True, "unsure", reason, value, PERHAPS)
