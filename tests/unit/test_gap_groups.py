"""Questions that ask the same come together by the real embedding model, and others stay apart."""

import numpy as np
import pytest

from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL, MODELS
from aichatdesk.inference.profiles import embedding_profile
from aichatdesk.knowledge.gap_groups import nearest_group, nearest_to_the_middle

MEANINGS = (
    ("Do you have a shop in Madrid?", "is there a store of yours in madrid"),
    ("Does the Rack have a TPM chip?", "is there a tpm 2.0 in the rack server"),
    ("Does the Fernhill Studio have an HDMI port?", "is there hdmi on the studio"),
    ("are dogs allowed in the showroom", "may i bring my dog to your showroom?"),
    ("Habt ihr auch Lautsprecher im Sortiment?", "verkauft ihr lautsprecher"),
    ("Can I lease a machine instead of buying it?",),
    ("Can I insure my machine against theft?",),
)


@pytest.mark.models
def test_the_same_asked_in_other_words_joins_and_what_only_sounds_alike_does_not():
    limit = embedding_profile(EMBEDDING_MODEL).same_question_from
    told = [(question, meaning) for meaning, asked in enumerate(MEANINGS) for question in asked]
    vectors = MODELS[EMBEDDING_MODEL]().embed([question for question, _ in told], "passage")
    sums: list = []
    groups: list[set[int]] = []
    for (_, meaning), vector in zip(told, vectors, strict=True):
        place = nearest_group(vector, sums, limit)
        if place is None:
            sums.append(vector)
            groups.append({meaning})
        else:
            sums[place] = sums[place] + vector
            groups[place].add(meaning)
    assert groups == [{meaning} for meaning in range(len(MEANINGS))]


def test_vectors_that_cannot_be_compared_join_nothing():
    one = np.array([1, 0], np.float32)
    sums = [np.empty(0, np.float32), np.zeros(2, np.float32), np.array([1, 0, 0], np.float32)]
    assert nearest_group(one, sums, 0.0) is None
    assert nearest_group(np.empty(0, np.float32), [*sums, one], 0.0) is None
    assert nearest_group(one, [*sums, np.array([3, 4], np.float32)], 0.6) == 3
    assert nearest_group(one, [*sums, np.array([3, 4], np.float32)], 0.61) is None
    assert nearest_to_the_middle([np.empty(0, np.float32), one]) == 0
