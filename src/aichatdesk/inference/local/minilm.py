"""all-MiniLM-L6-v2 on onnxruntime: mean pooling over the tokens, unit vectors of 384 numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.local.weights import minilm_tokenizer, minilm_weights

_LONGEST = 256


class MiniLM:
    """The model with its tokenizer, on one thread (two gained nothing on two busy cores)."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(minilm_weights()), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer: Any = Tokenizer.from_str(minilm_tokenizer())
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.enable_padding()
        self._counter: Any = Tokenizer.from_str(minilm_tokenizer())
        self._counter.no_truncation()
        self._counter.no_padding()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384); texts beyond 256 tokens count with their first 256."""
        encoded = self._tokenizer.encode_batch(list(texts))
        mask = np.array([item.attention_mask for item in encoded], np.int64)
        given = {
            "input_ids": np.array([item.ids for item in encoded], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        output = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        if output.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            output = (output * weights).sum(axis=1) / weights.sum(axis=1)
        vectors: NDArray[np.float32] = output / np.linalg.norm(output, axis=1, keepdims=True)
        return vectors.astype(np.float32)

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, without the two that frame it."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)
