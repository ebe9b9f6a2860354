"""What serves a model, and what of it changes the reckoning."""

from typing import Literal

Engine = Literal["vllm", "ollama", "llamacpp", "sglang", "trtllm"]

# Both run ggml's kernels and read GGUF files.
GGML: frozenset[str] = frozenset({"ollama", "llamacpp"})

# Prompt tokens that a server reads in one step at most, unless it is told otherwise.
CHUNK_TOKENS: dict[Engine, int] = {
    "vllm": 2048,
    "ollama": 512,
    "llamacpp": 512,
    "sglang": 2048,
    "trtllm": 2048,
}
