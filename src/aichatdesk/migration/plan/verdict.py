"""What a plan comes to, in the words that stand first on every face of it."""

from dataclasses import dataclass
from typing import Literal

from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.make_plan import Plan
from aichatdesk.migration.plan.targets import LONGEST_FIRST_RESPONSE, TARGET_VISITORS, Target
from aichatdesk.migration.spark.accuracy import Error

Level = Literal["yes", "partly", "no"]

ENGINES = {
    "vllm": "vLLM",
    "ollama": "Ollama",
    "llamacpp": "llama.cpp",
    "sglang": "SGLang",
    "trtllm": "TensorRT-LLM",
}
KNOWN = {
    "itself": "this very build was measured by others",
    "relatives": "its relatives were measured by others, not this build",
    "others": "only models of other families were measured by others",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the promises of the migration are kept: a headline, the sentences below it, and what would do better."""

    level: Level
    headline: str
    sentences: tuple[str, ...]
    better: str


def verdict_of(plan: Plan) -> Verdict:
    """The verdict on the chosen build."""
    chosen = plan.chosen
    name = name_of(chosen)
    if not chosen.memory.fits:
        headline = (
            f"{name} does not fit: it takes {chosen.memory.total_gb:.0f} GB, and "
            f"{chosen.memory.plannable_gb:.0f} GB can be planned with."
        )
        return Verdict("no", headline, (), _better(plan))
    broken = [target for target in chosen.targets if target.holds == "no"]
    partly = [target for target in chosen.targets if target.holds == "partly"]
    level: Level = "no" if broken else "partly" if partly else "yes"
    headline = {
        "no": f"{name} {_broken(broken)}.",
        "partly": f"{name} keeps the plan's promises as long as visitors do not all ask at the same moment.",
        "yes": f"{name} keeps every promise of the plan.",
    }[level]
    return Verdict(level, headline, (*_speed(chosen), *_close(chosen)), _better(plan))


def name_of(assessment: Assessment) -> str:
    """A build in words: model, weights and engine."""
    choice = assessment.choice
    return f"{choice.model.title} in {quant_name(choice.checkpoint.quant)} with {ENGINES[choice.engine]}"


def quant_name(quant: str) -> str:
    """A quantisation as people write it."""
    return quant.removesuffix("-block").upper() + (" (by blocks)" if quant.endswith("-block") else "")


def seconds(value: float) -> str:
    """A time with as many digits as it deserves."""
    if value >= 99.5:
        return f"{value:.0f} s"
    return f"{value:.1f} s" if value >= 0.095 else f"{value * 1000:.0f} ms"


def percent(share: float) -> str:
    """A share in percent; small ones with one place."""
    return f"{share:.0%}" if share >= 0.095 else f"{share:.1%}"


def accuracy_of(assessment: Assessment) -> str:
    """How far predictions of this kind were off, in one sentence."""
    told = [
        f"{words} within {percent(_error(assessment, kind).median)} (half) or {percent(_error(assessment, kind).nine_of_ten)} (nine of ten)"
        for kind, words in (("decode", "tokens per second"), ("first token at once", "first tokens"))
    ]
    writing, reading = KNOWN[assessment.known_writing], KNOWN[assessment.known_reading]
    known = writing if writing == reading else f"for writing, {writing}; for reading prompts, {reading}"
    return f"How sure: {known}. Such predictions were right for {', and '.join(told)}."


def _error(assessment: Assessment, kind: str) -> Error:
    return assessment.errors[kind]


def _broken(targets: list[Target]) -> str:
    """Which promises are not kept; those on the first sentence in one clause."""
    late = [
        visitors
        for visitors in TARGET_VISITORS
        if any(target.id == f"first-response-{visitors}" for target in targets)
    ]
    others = [target for target in targets if not target.id.startswith("first-response-")]
    told = []
    if late:
        limit = f"{LONGEST_FIRST_RESPONSE:.0f} s for the first sentence"
        who = (
            "even one visitor alone waits"
            if late[0] == 1
            else f"with {' and '.join(map(str, late))} visitors some wait"
        )
        told.append(f"is too slow for the plan: {who} longer than {limit}")
    if others:
        told.append(f"does not keep a promise of the plan: {_titles(others)}")
    return ", and ".join(told)


def _titles(targets: list[Target]) -> str:
    return "; ".join(target.title[0].lower() + target.title[1:] for target in targets)


def _speed(chosen: Assessment) -> list[str]:
    told = [f"Alone it writes {chosen.decode_tokens_per_second:.1f} tokens a second."]
    for visitors, who in ((1, "One visitor alone has"), (10, "With ten visitors half of them have")):
        if load := chosen.loads.get(visitors):
            waits = load.under_way
            told.append(
                f"{who} the first sentence after {seconds(waits.first_sentence.p50)} and the whole answer after {seconds(waits.answer.p50)}."
            )
    return told


def _close(chosen: Assessment) -> list[str]:
    close = [target for target in chosen.targets if target.close]
    if not close:
        return []
    return [f"Too close to tell without a trial: {_titles(close)}."]


def _better(plan: Plan) -> str:
    """What keeps more promises, where something does."""
    here = plan.chosen.points if plan.chosen.memory.fits else -1
    better = [one for one in plan.alternatives if one.points > here]
    if not better:
        return ""
    rank = "every promise" if all(target.holds == "yes" for target in better[0].targets) else "more promises"
    return f"{name_of(better[0])} keeps {rank}, at {better[0].decode_tokens_per_second:.0f} tokens a second."
