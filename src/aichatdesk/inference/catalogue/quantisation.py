"""What a configuration says about the form of the weights, and how many bytes they have."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aichatdesk.core.errors import NotFound
from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.found_model import ModelUnreadable
from aichatdesk.inference.catalogue.read_bounded import open_regular, read_json_if_there, shown

# A model of 60 layers with 256 experts each has an index of 9 MB.
_LARGEST_INDEX = 24 * 2**20
_TYPES = {
    "bfloat16": "bf16", "float16": "f16", "half": "f16", "float32": "f32", "float": "f32", "float8_e4m3fn": "fp8",
}  # fmt: skip
_BYTES = {"bf16": 2.0, "f16": 2.0, "f32": 4.0}


def quantisation(fields: Fields, outer: Fields) -> str:
    """The form of the weights, "" where neither the text part nor the outer file says it."""
    told = fields.inner("quantization_config") or outer.inner("quantization_config")
    if told is None:
        for part in (fields, outer):
            for name in ("dtype", "torch_dtype"):
                if kind := part.text(name):
                    return _TYPES.get(kind.removeprefix("torch."), shown(kind, 40))
        return ""
    method = str(told.get("quant_method") or "").lower()
    bits = told.get("bits") or told.get("w_bit") or told.get("wbits")
    if method in {"awq", "gptq", "auto-round", "intel/auto-round", "autoround"}:
        short = "autoround" if "round" in method else method
        return f"{short}-int{bits}" if isinstance(bits, int) and bits != 4 else short
    if method == "compressed-tensors":
        return _compressed(told)
    if method.startswith("modelopt"):
        return _modelopt(told)
    if method == "bitsandbytes":
        return "bnb-int4" if told.get("load_in_4bit") else "bnb-int8"
    if method in {"fp8", "fbgemm_fp8"}:
        return "fp8-block" if told.get("weight_block_size") else "fp8"
    return shown(method, 40) or "unknown"


def _compressed(told: Mapping[str, Any]) -> str:
    form = str(told.get("format") or "")
    groups = told.get("config_groups")
    first = next(iter(groups.values()), None) if isinstance(groups, dict) else None
    weights = first.get("weights") if isinstance(first, dict) else None
    weights = weights if isinstance(weights, dict) else {}
    bits, kind = weights.get("num_bits"), weights.get("type")
    if form.startswith("nvfp4") or (bits == 4 and kind == "float" and weights.get("group_size") == 16):
        return "nvfp4"
    if form.startswith("mxfp4") or (bits == 4 and kind == "float"):
        return "mxfp4"
    if bits == 8 and kind == "float":
        return "fp8"
    return f"int{bits}" if isinstance(bits, int) and 1 <= bits <= 8 else "compressed-tensors"


def _modelopt(told: Mapping[str, Any]) -> str:
    inner = told.get("quantization")
    algorithm = str(
        told.get("quant_algo") or (inner.get("quant_algo") if isinstance(inner, dict) else "") or ""
    )
    if "NVFP4" in algorithm.upper() or "fp4" in str(told.get("quant_method")):
        return "nvfp4"
    return "fp8" if "FP8" in algorithm.upper() else shown(algorithm.lower(), 40) or "modelopt"


@dataclass(frozen=True, slots=True)
class Weights:
    """What is told about the published weights; None or "" where it is not told."""

    quant: str
    bytes: int | None
    params: int | None

    def counted(self) -> float | None:
        """How many parameters they are, where that can be told from their size."""
        if self.params is not None:
            return float(self.params)
        size = _BYTES.get(self.quant)
        return self.bytes / size if self.bytes is not None and size else None


def weights_beside(folder: Path, quant: str) -> Weights:
    """From `model.safetensors.index.json`, or the one `model.safetensors`, in this folder."""
    index = read_json_if_there(folder / "model.safetensors.index.json", limit=_LARGEST_INDEX)
    if index is None:
        return Weights(quant, _bytes_of_one(folder / "model.safetensors"), None)
    inside = index.get("metadata")
    values = Fields(inside if isinstance(inside, dict) else {})
    size = values.whole_or_none("total_size", most=10**15)
    params = values.whole_or_none("total_parameters", most=10**15)
    values.refuse_bad(shown(folder / "model.safetensors.index.json"))
    return Weights(quant, size, params)


def _bytes_of_one(path: Path) -> int | None:
    """Of a single safetensors file: all but its header."""
    try:
        with open_regular(path) as file:
            begin = file.read(8)
            size = file.seek(0, 2)
    except NotFound:
        return None
    header = struct.unpack("<Q", begin)[0] if len(begin) == 8 else size
    if header + 8 > size:
        raise ModelUnreadable(shown(path), ["It ends before its header does; download it again."])
    return size - 8 - int(header)
