"""Find and read all files of a GGUF model that is split into parts."""

import re
from collections.abc import Sequence
from pathlib import Path

from aichatdesk.inference.catalogue.found_model import ModelUnreadable
from aichatdesk.inference.catalogue.gguf_header import Header, Tensor, read_header
from aichatdesk.inference.catalogue.read_bounded import shown

_PART = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.DOTALL)
_MOST_PARTS = 512


def read_all_parts(path: Path) -> tuple[Header, Sequence[Tensor], int]:
    """The first part's header, the tensors of all, and how many bytes of weights are missing."""
    named = _PART.fullmatch(path.name)
    if not named:
        header = read_header(path)
        count = header.values.get("split.count")
        if isinstance(count, int) and count > 1:
            raise ModelUnreadable(
                shown(path),
                [
                    f"It is one of {count} parts, and its name does not say which; name it NAME-00001-of-{count:05}.gguf."
                ],
            )
        return header, header.tensors, header.missing_bytes
    count = int(named["count"])
    if not 1 <= int(named["number"]) <= count <= _MOST_PARTS:
        raise ModelUnreadable(shown(path), ["Its name gives it a part's number that cannot be."])
    parts = [
        path.with_name(f"{named['stem']}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1)
    ]
    absent = [shown(part.name) for part in parts if not part.exists()]
    if absent:
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise ModelUnreadable(shown(path), [f"These parts are not beside it: {', '.join(absent[:5])}{more}."])
    headers = [read_header(part) for part in parts]
    tensors = [tensor for header in headers for tensor in header.tensors]
    told = headers[0].values.get("split.tensors.count")
    if len({tensor.name for tensor in tensors}) != len(tensors) or (
        told is not None and told != len(tensors)
    ):
        raise ModelUnreadable(
            shown(path), ["Its parts do not belong together: their tensors are not those that it names."]
        )
    return headers[0], tensors, sum(header.missing_bytes for header in headers)
