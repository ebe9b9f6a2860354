"""Read the header of a GGUF file: its key-values and what tensors it holds, never the weights.

Source of the layout: the GGUF specification of the ggml project, versions 1 to 3.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias

from aichatdesk.inference.catalogue.found_model import ModelUnreadable
from aichatdesk.inference.catalogue.read_bounded import open_regular, shown

Value: TypeAlias = int | float | bool | str | list[int] | list[float] | list[bool] | None

# Far above every published file: the largest vocabularies have 262,144 tokens and some 500,000 merges.
_MOST_KEYS = 20_000
_MOST_TENSORS = 200_000
_MOST_ITEMS = 2_000_000
_MOST_TEXT = 2**24
_LONGEST_NAME = 2**16
_KEPT_ITEMS = 4096
_MOST_KEPT_ITEMS = 500_000
_LARGEST_HEADER = 2**28
_MOST_PARAMS = 10**14

_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9

# Number of a type: its name, weights in a block, bytes of a block.
TENSOR_TYPES: Mapping[int, tuple[str, int, int]] = {
    0: ("f32", 1, 4), 1: ("f16", 1, 2), 2: ("q4_0", 32, 18), 3: ("q4_1", 32, 20), 6: ("q5_0", 32, 22),
    7: ("q5_1", 32, 24), 8: ("q8_0", 32, 34), 9: ("q8_1", 32, 36), 10: ("q2_k", 256, 84), 11: ("q3_k", 256, 110),
    12: ("q4_k", 256, 144), 13: ("q5_k", 256, 176), 14: ("q6_k", 256, 210), 15: ("q8_k", 256, 292),
    16: ("iq2_xxs", 256, 66), 17: ("iq2_xs", 256, 74), 18: ("iq3_xxs", 256, 98), 19: ("iq1_s", 256, 50),
    20: ("iq4_nl", 32, 18), 21: ("iq3_s", 256, 110), 22: ("iq2_s", 256, 82), 23: ("iq4_xs", 256, 136),
    24: ("i8", 1, 1), 25: ("i16", 1, 2), 26: ("i32", 1, 4), 27: ("i64", 1, 8), 28: ("f64", 1, 8),
    29: ("iq1_m", 256, 56), 30: ("bf16", 1, 2), 34: ("tq1_0", 256, 54), 35: ("tq2_0", 256, 66),
    39: ("mxfp4", 32, 17), 40: ("nvfp4", 64, 36),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: how many weights it has, in which type, in how many bytes."""

    name: str
    params: int
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says before its weights.

    `values` holds numbers, texts, and lists of up to 4096 numbers; a longer list, or one of texts, is None.
    `missing_bytes` is how much of the weights the file lacks: 0 for a whole one.
    """

    version: int
    values: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    missing_bytes: int


def read_header(path: Path) -> Header:
    """The header of one file, in bounded memory and time.

    Raises:
        ModelUnreadable: It is not a GGUF file, a damaged one, or one that claims more than any model has.
        NotFound, Forbidden: From opening it.
    """
    with open_regular(path) as file:
        return _Reader(file, shown(path)).header()


class _Reader:
    """Reads forward through the header; every length is checked against the file before it is believed."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._size = file.seek(0, 2)
        self._at = file.seek(0)
        self._items = 0
        self._kept = 0
        self._text = 0
        self._wide = True

    def header(self) -> Header:
        version = self._version()
        self._wide = version > 1
        tensors = self._count("tensors", _MOST_TENSORS)
        keys = self._count("key-values", _MOST_KEYS)
        values: dict[str, Value] = {}
        for _ in range(keys):
            key = self._string("a key", _LONGEST_NAME)
            if key in values:
                self._refuse(f"It has the key `{shown(key, 60)}` twice.")
            values[key] = self._value(self._number("<I"), key)
        found, end = self._tensors(tensors)
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 2**20:
            self._refuse("Its `general.alignment` is not a sensible number.")
        begin = -(-self._at // alignment) * alignment
        return Header(version, values, found, max(0, begin + end - self._size))

    def _version(self) -> int:
        magic = self._take(4, "the magic")
        if magic == b"FUGG":
            self._refuse("It is a big-endian GGUF file; take the little-endian one.")
        if magic != b"GGUF":
            old = magic in {b"lmgg", b"fmgg", b"tjgg"}
            self._refuse(
                "It is a GGML file, older than GGUF; convert it." if old else "It does not begin with `GGUF`."
            )
        version = int(self._number("<I"))
        if 0 < int.from_bytes(version.to_bytes(4, "little"), "big") <= 3 and version > 3:
            self._refuse("It is a big-endian GGUF file; take the little-endian one.")
        if not 1 <= version <= 3:
            self._refuse(f"Its GGUF version is {version}; 1, 2 and 3 are known.")
        return version

    def _tensors(self, count: int) -> tuple[tuple[Tensor, ...], int]:
        """The tensors, and where the last one ends."""
        found: dict[str, Tensor] = {}
        end = total = 0
        for _ in range(count):
            name = self._string("a tensor's name", _LONGEST_NAME)
            dimensions = self._number("<I")
            if not 0 < dimensions <= 8:
                self._refuse(f"The tensor `{shown(name, 60)}` has {dimensions} dimensions.")
            params = 1
            for _ in range(int(dimensions)):
                params *= self._number("<Q" if self._wide else "<I")
            kind, offset = self._number("<I"), self._number("<Q")
            total += params
            if total > _MOST_PARAMS or offset > _MOST_PARAMS:
                self._refuse(f"The tensor `{shown(name, 60)}` is larger than any model.")
            if name in found:
                self._refuse(f"It has the tensor `{shown(name, 60)}` twice.")
            if kind not in TENSOR_TYPES:
                self._refuse(f"The tensor `{shown(name, 60)}` is of type {kind}, which is not known.")
            type_name, block, size = TENSOR_TYPES[int(kind)]
            if params == 0 or params % block:
                self._refuse(
                    f"The tensor `{shown(name, 60)}` of {params} weights is not made of blocks of {block}."
                )
            found[name] = Tensor(name, params, type_name, params // block * size)
            end = max(end, offset + found[name].bytes)
        return tuple(found.values()), end

    def _value(self, kind: int, key: str) -> Value:
        if kind in _SCALARS:
            value: Value = struct.unpack(_SCALARS[kind], self._take(struct.calcsize(_SCALARS[kind]), key))[0]
            return value
        if kind == _STRING:
            return self._string(key, _MOST_TEXT)
        if kind == _ARRAY:
            return self._array(key)
        return self._refuse(f"The value of `{shown(key, 60)}` is of type {kind}, which is not known.")

    def _array(self, key: str) -> Value:
        kind = self._number("<I")
        count = self._number("<Q" if self._wide else "<I")
        if kind in _SCALARS:
            size = struct.calcsize(_SCALARS[kind])
            if count > _KEPT_ITEMS:
                self._skip(count * size, key)
                return None
            self._kept += count
            if self._kept > _MOST_KEPT_ITEMS:
                self._refuse(f"Its short lists have more than {_MOST_KEPT_ITEMS:,} numbers together.")
            return list(struct.unpack(f"<{count}{_SCALARS[kind][1]}", self._take(count * size, key)))
        if kind != _STRING:
            self._refuse(
                f"The list `{shown(key, 60)}` holds values of type {kind}; lists of lists are not read."
            )
        self._items += count
        if self._items > _MOST_ITEMS:
            self._refuse(f"Its lists have more than {_MOST_ITEMS:,} texts (in `{shown(key, 60)}`).")
        self._skip_texts(count, key)
        return None

    def _skip_texts(self, count: int, key: str) -> None:
        """Past the texts of a list; a vocabulary has hundreds of thousands, so this loop calls nothing of ours."""
        width = 8 if self._wide else 4
        at, read, seek = self._at, self._file.read, self._file.seek
        end = min(self._size, _LARGEST_HEADER)
        for _ in range(count):
            length = int.from_bytes(read(width), "little")
            at += width + length
            if at > end:
                self._refuse(
                    f"The texts of the list `{shown(key, 60)}` would go past the end of the file, or past the "
                    f"{_LARGEST_HEADER // 2**20} MB of the longest header."
                )
            if length < 4096:
                read(length)
            else:
                seek(at)
        self._at = at

    def _string(self, what: str, most: int) -> str:
        length = self._length(what)
        self._text += length
        if length > most or self._text > 2 * _MOST_TEXT:
            self._refuse(f"The text of {shown(what, 60)} has {length:,} bytes.")
        return self._take(length, what).decode(errors="replace")

    def _length(self, what: str) -> int:
        length = self._number("<Q" if self._wide else "<I")
        if length > self._size - self._at:
            self._refuse(f"The text of {shown(what, 60)} would go past the end of the file.")
        return length

    def _count(self, what: str, most: int) -> int:
        count = self._number("<Q" if self._wide else "<I")
        if count > most:
            self._refuse(f"It claims {count:,} {what}; more than {most:,} are not read.")
        return count

    def _number(self, form: str) -> int:
        number: int = struct.unpack(form, self._take(struct.calcsize(form), "a number"))[0]
        return number

    def _take(self, size: int, what: str) -> bytes:
        if size > self._size - self._at:
            self._refuse(f"It ends in the middle of its header (at {shown(what, 60)}); download it again.")
        self._moved(size)
        taken = self._file.read(size)
        if len(taken) != size:
            self._refuse("It became shorter while it was read.")
        return taken

    def _skip(self, size: int, what: str) -> None:
        if size > self._size - self._at:
            self._refuse(f"The list `{shown(what, 60)}` would go past the end of the file.")
        self._moved(size)
        self._file.seek(self._at)

    def _moved(self, size: int) -> None:
        self._at += size
        if self._at > _LARGEST_HEADER:
            self._refuse(f"Its header has more than {_LARGEST_HEADER // 2**20} MB.")

    def _refuse(self, reason: str) -> NoReturn:
        raise ModelUnreadable(f"{self._name} (GGUF)", [reason])
