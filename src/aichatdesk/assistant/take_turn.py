"""One turn of the assistant: from a question to a checked answer, or to a person."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import structlog

from aichatdesk.assistant.decide import (
    NothingRelevant,
    before_the_model,
    close_to_best,
    confidence,
    grounded_share,
    needs_person,
)
from aichatdesk.assistant.grounding import Citation, Grounds, Supported
from aichatdesk.assistant.language import answer_language
from aichatdesk.assistant.note_gaps import note_gap
from aichatdesk.assistant.phrases import phrases
from aichatdesk.assistant.prompt import MOST_TURNS, Budget, build_prompt, declines
from aichatdesk.assistant.quote import best_quotation
from aichatdesk.assistant.sentences import SentenceStream
from aichatdesk.assistant.small_talk import SmallTalk, small_talk
from aichatdesk.assistant.turn import (
    CategoryPrompts,
    Draft,
    Passages,
    Question,
    TurnResult,
    Watcher,
    citation_of,
    source_of,
)
from aichatdesk.conversation.answer import add_sentence, begin_answer, fail_answer, finish_answer
from aichatdesk.conversation.domain import AnswerState, Chat, Message, Reason, Sender
from aichatdesk.conversation.hand_over import request_hand_over
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.errors import Misconfigured, TooMany, Unavailable
from aichatdesk.inference.admission import Admission, Priority
from aichatdesk.inference.chat import ChatModel, Finished, Token
from aichatdesk.inference.errors import ContextTooLong, ModelRejected, QueueFull
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.open_questions import WhyOpen
from aichatdesk.platform.storage.database import Database, Transaction

_PASSAGES = 8
_log = structlog.get_logger(__name__)


class Assistant:
    """Answers questions from the company's documents, and from nothing else."""

    def __init__(
        self,
        database: Database,
        passages: Passages,
        model: ChatModel,
        admission: Admission,
        categories: CategoryPrompts,
        *,
        budget: Budget,
        threshold: float,
        embedding_model: str = "",
        languages: Collection[str] | None = None,
    ) -> None:
        self._database = database
        self._passages = passages
        self._model = model
        self._admission = admission
        self._categories = categories
        self._budget = budget
        self._threshold = threshold
        self._embedding_model = embedding_model
        self._languages = languages

    async def take_turn(
        self,
        question: Question,
        watcher: Watcher | None = None,
        *,
        after: asyncio.Task[TurnResult] | None = None,
    ) -> TurnResult:
        """Answer one question into its chat, or hand the chat over; what was sent stays, whatever happens.

        Cancelling the task is the way to stop it; `after` is the chat's turn before, which ends first.
        """
        result = TurnResult()
        ended = False
        try:
            if after is not None:
                await asyncio.wait({after})
            await self._run(question, watcher or Watcher(), result)
            ended = True
        except asyncio.CancelledError:
            # The stop must be on record before the task ends; the shield keeps it from being cancelled too.
            await asyncio.shield(self._fail(question, result, Reason.STOPPED))
            ended = True
        except (Unavailable, Misconfigured, ContextTooLong, ModelRejected, TooMany) as error:
            _log.warning("no answer from the model", error=error.message)
            reason = Reason.QUEUE_FULL if isinstance(error, QueueFull) else Reason.MODEL_UNAVAILABLE
            await self._fail(question, result, reason)
            ended = True
        finally:
            if not ended:  # a defect of ours: it is reported, but the visitor does not wait for nothing
                await asyncio.shield(self._fail(question, result, Reason.MODEL_UNAVAILABLE))
        return result

    async def _run(self, question: Question, watcher: Watcher, result: TurnResult) -> None:
        started = time.monotonic()
        chat, history = await self._database.read(partial(_context, question=question))
        result.language = answer_language(question.text, chat.language)
        talk = small_talk(question.text)
        if talk is SmallTalk.WANTS_PERSON:
            await self._hand_over_on_wish(question, result)
            return
        if talk is not None:
            await self._small_talk(question, talk, result)
            return
        found = await self._passages.retrieve(question.text, limit=_PASSAGES, language=result.language)
        outlook = before_the_model(found, model=self._embedding_model, language=result.language)
        result.why = _why(outlook.relevance)
        if isinstance(outlook, NothingRelevant):
            await self._refuse(question, outlook.relevance, result)
            return
        draft = Draft(question.text, found, result.language, outlook.sure)
        await self._begin(question, [source_of(n, passage) for n, passage in enumerate(found, 1)], result)
        await self._ask_model(question, chat, history, draft, watcher, result)
        result.why = _why(outlook.relevance, draft)
        if not draft.supported and (draft.declined or not outlook.sure):
            await self._decline(question, draft, outlook.relevance, result, started)
            return
        if not draft.supported:
            await self._quote(draft, phrases(draft.language).quote, result)
        result.confidence = confidence(
            outlook.relevance, supported=draft.supported, dropped=draft.dropped, quoted=draft.quoted
        )
        result.state = AnswerState.TRUNCATED if draft.truncated else AnswerState.COMPLETE
        await self._finish(question, result, started)

    async def _ask_model(
        self,
        question: Question,
        chat: Chat,
        history: Sequence[Message],
        draft: Draft,
        watcher: Watcher,
        result: TurnResult,
    ) -> None:
        """Stream the model's words and let out each sentence that a passage supports."""
        if self._languages is not None and draft.language not in self._languages:
            return
        category = await self._category_prompt(chat)
        turns, used = build_prompt(
            question.text,
            close_to_best(draft.passages),
            history,
            language=draft.language,
            budget=self._budget,
            category_prompt=category,
            page_context=question.page_context,
        )
        if not any(passage.language == draft.language for passage in used):
            return  # words in another language than the passages' could not be checked; a quotation can
        grounds = Grounds(used, draft.language, draft.question, found=draft.passages, wholly=not draft.sure)
        sentences = SentenceStream()
        async with (
            self._admission.admit(
                priority=Priority.VISITOR, owner=question.chat_id, on_place=watcher.on_place
            ),
            aclosing(self._model.stream(turns, answer_tokens=self._budget.answer)) as stream,
        ):
            async for piece in stream:
                if isinstance(piece, Finished):
                    draft.truncated = piece.reason == "length"
                    continue
                if watcher.on_draft and isinstance(piece, Token):
                    watcher.on_draft(piece.text)
                for sentence in sentences.feed(piece.text):
                    await self._consider(sentence, grounds, draft, result)
                if draft.is_enough:
                    draft.truncated = False
                    return
        rest = sentences.finish()
        if rest.strip() and not draft.truncated:
            await self._consider(rest, grounds, draft, result)
        draft.truncated = draft.truncated and draft.supported > 0

    async def _consider(self, sentence: str, grounds: Grounds, draft: Draft, result: TurnResult) -> None:
        """Let a sentence out if it is supported and new; otherwise it never was."""
        if not sentence.strip() or draft.is_enough:
            return
        draft.declined = draft.declined or declines(sentence)
        verdict = grounds.judge(sentence, draft.rests_on)
        if not isinstance(verdict, Supported) or verdict.text.casefold() in draft.said:
            draft.dropped += 1
            return
        draft.said.add(verdict.text.casefold())
        draft.supported += 1
        draft.rests_on = verdict.citation
        await self._say(verdict.text, verdict.citation, draft.passages, result)

    async def _quote(self, draft: Draft, frame: str, result: TurnResult) -> None:
        citation = best_quotation(draft.question, draft.passages, draft.language)
        if citation is None:
            return
        draft.quoted = True
        framed = f"{frame} “{' '.join(citation.quote.split())}”"
        await self._say(framed, citation, draft.passages, result)

    async def _small_talk(self, question: Question, talk: SmallTalk, result: TurnResult) -> None:
        ours = phrases(result.language)
        text = {
            SmallTalk.GREETING: ours.greeting,
            SmallTalk.THANKS: ours.thanks,
            SmallTalk.GOODBYE: ours.goodbye,
        }[talk]
        await self._begin(question, [], result)
        await self._say(text, None, (), result)
        result.confidence = 1.0
        await self._finish(question, result, time.monotonic())

    async def _refuse(self, question: Question, relevance: float, result: TurnResult) -> None:
        """Say that we do not know, and offer a person; the visitor decides."""
        started = time.monotonic()
        await self._begin(question, [], result)
        await self._say(phrases(result.language).refused, None, (), result)
        await self._finish_unsure(question, relevance, result, started)

    async def _decline(
        self, question: Question, draft: Draft, relevance: float, result: TurnResult, started: float
    ) -> None:
        """Show what comes closest, if the model has not denied even that, and offer a person."""
        ours = phrases(result.language)
        if not draft.declined:
            await self._quote(draft, ours.unsure, result)
        await self._say(ours.offer if draft.quoted else ours.refused, None, (), result)
        await self._finish_unsure(question, relevance, result, started)

    async def _finish_unsure(
        self, question: Question, relevance: float, result: TurnResult, started: float
    ) -> None:
        result.confidence = round(min(relevance, self._threshold / 2), 4)
        await self._finish(question, result, started, refused=True)

    async def _hand_over_on_wish(self, question: Question, result: TurnResult) -> None:
        await self._begin(question, [], result)
        await self._say(phrases(result.language).handed_over, None, (), result)
        result.confidence, result.needs_human = 1.0, True
        work = partial(_finish_and_hand_over, question=question, result=result, reason=Reason.VISITOR_ASKED)
        result.last_seq = await self._database.write(work)
        result.handed_over = True

    async def _begin(self, question: Question, sources: list[dict[str, Any]], result: TurnResult) -> None:
        result.sources = sources
        result.answer_id = await self._database.write(
            partial(begin_answer, chat_id=question.chat_id, question_id=question.id, sources=sources)
        )

    async def _say(
        self, text: str, citation: Citation | None, passages: Sequence[Passage], result: TurnResult
    ) -> None:
        cited = [citation_of(citation, passages)] if citation else []
        assert result.answer_id is not None
        result.last_seq = await self._database.write(
            partial(add_sentence, answer_id=result.answer_id, text=text, citations=cited)
        )
        result.text = f"{result.text} {text}".strip()
        result.citations += cited

    async def _finish(
        self, question: Question, result: TurnResult, started: float, *, refused: bool = False
    ) -> None:
        result.needs_human = needs_person(result.confidence, threshold=self._threshold)
        metadata = {"responseTime": round((time.monotonic() - started) * 1000)}
        hand_over = result.needs_human and (not refused or question.hand_over_refusals)
        reason = (Reason.NO_ANSWER if refused else Reason.NOT_SURE) if hand_over else None
        lacking = WhyOpen.NO_ANSWER if refused else WhyOpen.NOT_SURE if result.needs_human else None
        work = partial(
            _finish_and_hand_over,
            question=question,
            result=result,
            reason=reason,
            lacking=lacking,
            metadata=metadata,
        )
        result.last_seq = await self._database.write(work)
        result.handed_over = hand_over

    async def _fail(self, question: Question, result: TurnResult, reason: Reason) -> None:
        def work(tx: Transaction) -> int:
            seq = fail_answer(tx, question.chat_id, result.answer_id, reason)
            if reason in {Reason.MODEL_UNAVAILABLE, Reason.QUEUE_FULL}:
                seq = request_hand_over(tx, question.chat_id, reason) or seq
            return seq

        result.failed = reason
        result.state = AnswerState.INCOMPLETE
        result.needs_human = result.handed_over = reason is not Reason.STOPPED
        result.last_seq = await self._database.write(work)

    async def _category_prompt(self, chat: Chat) -> str:
        category_id = chat.metadata.get("categoryId")
        if not isinstance(category_id, str) or not category_id:
            return ""
        return await self._database.read(partial(self._categories.prompt_of, category_id=category_id))


def _context(tx: Transaction, question: Question) -> tuple[Chat, list[Message]]:
    """The chat, and what was said before the question; the question itself is not repeated."""
    chat = get_chat(tx, question.chat_id)
    history = recent_messages(tx, question.chat_id, before=question.id, limit=MOST_TURNS + 1)
    if question.id is None and history and _is_question(history[-1], question.text):
        history = history[:-1]
    return chat, history


def _why(relevance: float, draft: Draft | None = None) -> dict[str, float]:
    supported, dropped = (draft.supported, draft.dropped) if draft else (0, 0)
    grounding = grounded_share(supported, dropped)
    return {"retrieval": round(relevance, 4), "grounding": round(grounding, 4), "dropped": dropped}


def _is_question(message: Message, text: str) -> bool:
    return message.sender is Sender.USER and message.content.strip() == text.strip()


def _finish_and_hand_over(
    tx: Transaction,
    question: Question,
    result: TurnResult,
    reason: Reason | None,
    lacking: WhyOpen | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> int:
    assert result.answer_id is not None
    if lacking:
        note_gap(tx, question.chat_id, question.text, lacking, question_id=question.id)
    seq = finish_answer(
        tx,
        result.answer_id,
        state=result.state,
        confidence=result.confidence,
        needs_human=result.needs_human,
        language=result.language,
        why=result.why,
        metadata=metadata,
    )
    return (request_hand_over(tx, question.chat_id, reason) or seq) if reason else seq
