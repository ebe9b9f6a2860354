"""How a choice is served: the two services with their names, ports, shares and flags."""

from collections.abc import Iterator

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder, CatalogueModel
from aichatdesk.migration.plan.choices import Choice
from aichatdesk.migration.plan.deployment import Deployment, Service
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.spark.memory import MemoryUse

_CHAT_PORT, _EMBEDDING_PORT, _OLLAMA_PORT = 8000, 8001, 11434
# Texts of one batch from the desk.
_EMBEDDING_SLOTS = 64


def deployment_of(
    choice: Choice, memory: MemoryUse, question: PlanQuestion, embedder: CatalogueEmbedder
) -> Deployment:
    """The services of a choice that fits."""
    on_vllm = choice.engine == "vllm"
    chat = Service(
        model=choice.name_at_server,
        served_name=choice.model.id,
        port=_CHAT_PORT if on_vllm else _OLLAMA_PORT,
        context_tokens=question.context_tokens,
        slots=question.concurrency,
        memory_share=memory.chat_share,
        flags=tuple(_chat_flags(choice.model)) if on_vllm else (),
    )
    embedding = Service(
        model=embedder.vllm if on_vllm else embedder.ollama,
        served_name=embedder.id if on_vllm else embedder.ollama,
        port=_EMBEDDING_PORT if on_vllm else _OLLAMA_PORT,
        context_tokens=embedder.context_tokens,
        slots=_EMBEDDING_SLOTS if on_vllm else question.concurrency,
        memory_share=memory.embedding_share,
        flags=("--runner pooling", *embedder.vllm_flags) if on_vllm else (),
        width=embedder.width,
    )
    return Deployment(choice.engine, chat, embedding, question.spark_address, question.desk_address)


def _chat_flags(model: CatalogueModel) -> Iterator[str]:
    if model.reasoning_parser:
        yield f"--reasoning-parser {model.reasoning_parser}"
    if model.thinks == "optional":
        # A visitor waits for thoughts and never sees them.
        yield """--default-chat-template-kwargs '{"enable_thinking": false}'"""
