"""What the catalogue says of a model is what the desk does with it, by whichever name it is served."""

import pytest

from aichatdesk.inference.catalogue.catalogue import (
    CatalogueEmbedder,
    CatalogueModel,
    load_catalogue,
)
from aichatdesk.inference.cloud_models import chat_habits
from aichatdesk.inference.profiles import embedding_profile


@pytest.mark.parametrize("embedder", load_catalogue().embedders, ids=lambda embedder: embedder.id)
def test_no_name_of_an_embedding_model_loses_its_prefixes_or_its_width(embedder: CatalogueEmbedder):
    for name in embedder.names:
        profile = embedding_profile(name)
        assert (profile.query_prefix, profile.document_prefix) == (
            embedder.query_prefix,
            embedder.document_prefix,
        ), name
        # Families that come in several widths leave it open; the first reply tells it.
        assert profile.width in {embedder.width, None}, name
        assert profile.token_limit <= embedder.context_tokens, name


@pytest.mark.parametrize("model", load_catalogue().chat, ids=lambda model: model.id)
def test_no_model_that_thinks_unless_it_is_told_not_to_goes_untold(model: CatalogueModel):
    if model.family == "gpt-oss":
        # It always thinks; the plan counts with the least.
        assert {
            chat_habits(provider, name).effort for provider in ("vllm", "ollama") for name in model.names
        } == {"low"}
    elif model.thinks == "optional":
        names = {model.id, *(one.ollama for one in model.checkpoints if one.ollama)}
        assert {chat_habits("ollama", name).effort for name in names} == {"none"}
        # vLLM is started with a flag instead.
        assert chat_habits("vllm", model.id).effort == ""


def test_models_that_do_not_think_and_other_servers_are_asked_for_no_effort():
    assert chat_habits("ollama", "llama3.1-8b").effort == ""
    assert chat_habits("openai-compatible", "gpt-oss-20b").effort == ""
    assert chat_habits("llamacpp", "qwen3-8b").effort == ""
