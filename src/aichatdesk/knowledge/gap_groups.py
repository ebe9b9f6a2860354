"""Which group of questions a question belongs to, by the nearness of their vectors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def nearest_group(
    vector: NDArray[np.float32], sums: Sequence[NDArray[np.float32]], limit: float
) -> int | None:
    """The place of the group whose middle is nearest, if its cosine is at least `limit`; None for a new group.

    Args:
        vector: A unit vector; an empty one is near to nothing.
        sums: For each group the sum of its unit vectors; those of another width are passed over.
    """
    places = [place for place, whole in enumerate(sums) if whole.shape == vector.shape and whole.any()]
    if not places:
        return None
    wholes = np.stack([sums[place] for place in places])
    cosines = wholes @ vector / np.linalg.norm(wholes, axis=1)
    best = int(np.argmax(cosines))
    return places[best] if cosines[best] >= limit else None


def nearest_to_the_middle(vectors: Sequence[NDArray[np.float32]]) -> int:
    """The place of the vector that stands best for all; the first where they cannot be compared."""
    if len({vector.shape for vector in vectors}) != 1 or not vectors[0].size:
        return 0
    rows = np.stack(vectors)
    return int(np.argmax(rows @ rows.sum(axis=0)))
