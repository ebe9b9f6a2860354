"""What else whoever decides should know about a choice, in sentences."""

from collections.abc import Iterator

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder
from aichatdesk.migration.plan.assess import Assessment, memory_for
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.targets import TARGET_VISITORS


def remarks_on(chosen: Assessment, question: PlanQuestion, embedder: CatalogueEmbedder) -> tuple[str, ...]:
    """All remarks, in the order in which they are read."""
    return (
        *chosen.choice.assumed,
        *_on_memory(chosen, question, embedder),
        *_on_speed(chosen, question),
        *_on_thinking(chosen, question),
        *_on_the_model(chosen),
        *_on_the_files(chosen, embedder),
    )


def serves(chosen: Assessment, embedder: CatalogueEmbedder) -> bool:
    """Whether the chosen engine has the embedding model."""
    return bool(embedder.vllm if chosen.choice.engine == "vllm" else embedder.ollama)


def _on_memory(chosen: Assessment, question: PlanQuestion, embedder: CatalogueEmbedder) -> Iterator[str]:
    if chosen.memory.fits:
        return
    slots = (
        count
        for count in range(question.concurrency - 1, 0, -1)
        if memory_for(chosen.choice, question, embedder, count).fits
    )
    if fewer := next(slots, 0):
        yield f"With --concurrency {fewer} it would fit; more visitors than that would wait."
    else:
        yield "It does not fit with any number of answers at once; a smaller quantisation may."


def _on_speed(chosen: Assessment, question: PlanQuestion) -> Iterator[str]:
    model = chosen.choice.model
    if not model.shape.is_moe and model.shape.total_params > 25e9:
        yield (
            f"{model.title} is dense: every token reads all of its weights, so one answer alone is written at "
            f"{chosen.decode_tokens_per_second:.1f} tokens a second. A model of experts reads a few of them only."
        )
    if chosen.choice.engine == "ollama" and model.shape.keeps_states and question.concurrency > 1:
        yield (
            "Ollama has been known to write one answer at a time for models that keep a state instead of keys and "
            "values, whatever it is told; then visitors wait longer than the plan says. `aichatdesk verify` shows it."
        )
    if question.concurrency < TARGET_VISITORS[-1]:
        yield (
            f"With {question.concurrency} answers at once more visitors than that wait; the other models are reckoned "
            f"with {TARGET_VISITORS[-1]} at once."
        )
    if chosen.known == "others":
        yield "Nobody has published a measurement of this family; try it before you rely on it."


def _on_thinking(chosen: Assessment, question: PlanQuestion) -> Iterator[str]:
    model = chosen.choice.model
    if model.thinks == "always":
        yield (
            f"It thinks before it answers; {model.thinking_tokens} tokens are taken for that, which is an assumption. "
            "Visitors wait for them and do not see them."
        )
        needed = question.prompt_tokens + model.thinking_tokens + question.answer_tokens
        if needed > question.context_tokens:
            yield (
                f"With its thoughts a usual question takes {needed:,} tokens, and --context is "
                f"{question.context_tokens:,}: answers would be cut off."
            )
    if model.thinks == "optional" and chosen.choice.is_own:
        yield "It can think before it answers; the plan takes it that this is switched off."
    elif model.thinks == "optional":
        who = "the server is started" if chosen.choice.engine == "vllm" else "the desk asks for each answer"
        yield f"It can think before it answers; {who} with that switched off."


def _on_the_model(chosen: Assessment) -> Iterator[str]:
    model, checkpoint = chosen.choice.model, chosen.choice.checkpoint
    if model.notes:
        yield model.notes
    if model.strict_alternation:
        yield "Its template refuses two turns of one role in a row; the desk joins them before it asks."
    if not model.system_prompt:
        yield "Its template knows no system prompt, and the desk's rules stand there; `aichatdesk verify` shows whether they count."
    if checkpoint.weights_gb is None and checkpoint.quant.startswith("q"):
        yield "The size of its file follows from the parameters; the file itself may be a few percent off."


def _on_the_files(chosen: Assessment, embedder: CatalogueEmbedder) -> Iterator[str]:
    if not serves(chosen, embedder):
        yield f"Ollama has no {embedder.title}; choose another --embedder, or --engine vllm."
    if chosen.choice.is_own:
        yield (
            "The files for the Spark are made for published models only; take those of a model of the catalogue and put "
            "the place of your own in its stead."
        )
