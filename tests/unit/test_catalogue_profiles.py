"""What the catalogue says of an embedding model is what the desk does with it, by whichever name it is served."""

import pytest

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder, load_catalogue
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
