"""How much a chat model at home is asked to think before it answers, as data.

vLLM is told when it starts, by the flags of a plan; only gpt-oss has to be told with each request. Ollama has no such
setting, so it is told with each request.

Sources: the API documentation of vLLM and of Ollama. Not tried against Ollama.
"""

# Each family that thinks unless it is told not to: a part of its names, and the least effort that it knows.
_EFFORTS: dict[str, tuple[tuple[str, str], ...]] = {
    "vllm": (("gpt-oss", "low"),),
    "ollama": (
        ("gpt-oss", "low"),
        ("qwen3", "none"),
        ("gemma4", "none"),
        ("nemotron3", "none"),
        ("nemotron-3", "none"),
    ),
}


def least_effort(provider: str, model: str) -> str:
    """What is sent as `reasoning_effort`; nothing where it would say nothing."""
    lowered = model.lower()
    return next((effort for part, effort in _EFFORTS.get(provider, ()) if part in lowered), "")
