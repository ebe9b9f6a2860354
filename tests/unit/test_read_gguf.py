"""Reading a model from a GGUF header, and what must not happen with a header that lies."""

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.catalogue.found_model import FoundModel, ModelUnreadable
from aichatdesk.inference.catalogue.read_model import read_model
from aichatdesk.inference.local.weights import chat_weights
from peers.made_files import gguf

F16, Q4_K, Q6_K, MXFP4 = 1, 12, 14, 39
Tensors = list[tuple[str, Sequence[int], int]]


def keys(architecture: str = "llama", **more: object) -> dict[str, object]:
    own: dict[str, object] = {
        "block_count": 4, "context_length": 8192, "embedding_length": 256, "feed_forward_length": 512,
        "attention.head_count": 8, "attention.head_count_kv": 2,
    } | {name.replace("__", "."): value for name, value in more.items()}  # fmt: skip
    return {"general.architecture": architecture, "general.name": "made", "general.file_type": 15} | {
        f"{architecture}.{name}": value for name, value in own.items()
    }


def layer(
    number: int, *, experts: int = 0, names: Sequence[str] = ("attn_k.weight", "attn_v.weight")
) -> Tensors:
    found: Tensors = [(f"blk.{number}.{name}", (256, 64), Q4_K) for name in names]
    if experts:
        return [*found, (f"blk.{number}.ffn_up_exps.weight", (256, 512, experts), MXFP4), (f"blk.{number}.ffn_gate_inp.weight", (256, experts), F16)]  # fmt: skip
    return [*found, (f"blk.{number}.ffn_up.weight", (256, 512), Q4_K)]


TABLE: Tensors = [("token_embd.weight", (256, 1000), Q6_K)]
HEAD: Tensors = [("output.weight", (256, 1000), Q6_K)]


def layers(count: int = 4, experts: int = 0) -> Tensors:
    return [tensor for number in range(count) for tensor in layer(number, experts=experts)]


def read(tmp_path: Path, content: bytes, name: str = "m.gguf") -> FoundModel:
    (tmp_path / name).write_bytes(content)
    return read_model(tmp_path / name)


def refused(tmp_path: Path, content: bytes, name: str = "m.gguf") -> str:
    with pytest.raises(ModelUnreadable) as caught:
        read(tmp_path, content, name)
    assert caught.value.message.isprintable()
    return caught.value.message


@pytest.mark.models
def test_the_packaged_model_is_counted_to_the_last_parameter():
    found = read_model(chat_weights())
    assert found.shape.total_params == found.shape.active_params == 134_515_008
    assert (found.shape.layers, found.shape.kv_heads, found.shape.head_dim) == (30, 3, 64)
    assert found.shape.context_tokens == 8192
    assert (found.kind, found.quant, found.licence) == ("chat", "q4_1", "apache-2.0")
    # The rest of its 98,362,432 bytes is the header with its vocabulary.
    assert found.weight_bytes == 96_576_768
    assert (found.template.thinks, found.template.strict_alternation) == ("never", False)
    assert found.assumed == ()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_head_of_its_own_is_not_the_embedding_table(version: int, tmp_path: Path):
    tied = read(tmp_path, gguf(keys(), TABLE + layers(), version=version)).shape
    assert (tied.output_head_params, tied.embedding_params) == (256_000, 0)
    apart = read(tmp_path, gguf(keys(), TABLE + HEAD + layers(), version=version)).shape
    assert (apart.output_head_params, apart.embedding_params) == (256_000, 256_000)
    assert apart.non_expert_params == tied.non_expert_params == 4 * (2 * 256 * 64 + 256 * 512)
    assert (apart.kv_heads, apart.head_dim, apart.kv_layer_share) == (2, 32, 1.0)


def test_the_bytes_are_those_of_the_types_of_the_tensors(tmp_path: Path):
    found = read(tmp_path, gguf(keys(), TABLE + layers()))
    assert found.weight_bytes == 256_000 // 256 * 210 + 4 * (2 * 256 * 64 + 256 * 512) // 256 * 144
    assert found.quant == "q4_k_m"
    assert any("ends before its weights" in sentence for sentence in found.assumed)
    whole = read(tmp_path, gguf(keys(), TABLE + layers(), weights=1_000_000))
    assert not any("ends before its weights" in sentence for sentence in whole.assumed)
    untold = {name: value for name, value in keys().items() if name != "general.file_type"}
    assert read(tmp_path, gguf(untold, TABLE + layers())).quant == "q4_k"


def test_experts_are_counted_apart(tmp_path: Path):
    values = keys("gpt-oss", expert_count=8, expert_used_count=2, attention__sliding_window=128)
    shape = read(tmp_path, gguf(values, TABLE + HEAD + layers(experts=8))).shape
    assert shape.expert_params == 4 * 8 * 256 * 512
    assert (shape.experts, shape.experts_per_token) == (8, 2)
    assert shape.active_params == shape.non_expert_params + 256_000 + shape.expert_params / 4
    assert (shape.kv_layer_share, shape.window_tokens) == (0.5, 128)
    said = refused(tmp_path, gguf(keys("gpt-oss"), TABLE + layers(experts=8)))
    assert "`expert_count` is missing" in said
    assert "`expert_used_count` is missing" in said


def test_layers_without_keys_and_values_keep_none(tmp_path: Path):
    state = [tensor for number in range(3) for tensor in layer(number, names=("attn_qkv.weight", "ssm_a"))]
    shape = read(tmp_path, gguf(keys("qwen3next"), TABLE + state + layer(3))).shape
    assert (shape.kv_layer_share, shape.window_tokens) == (0.25, 0)
    listed = keys("nemotron_h", attention__head_count_kv=[0, 0, 2, 0])
    tensors = layer(0, names=("ssm_a",)) + layer(1, names=()) + layer(2) + layer(3, names=("ssm_a",))
    assert read(tmp_path, gguf(listed, TABLE + tensors)).shape.kv_numbers(100) == 2 * 2 * 32 * 100


def test_layers_with_a_window_may_keep_more_numbers_a_token(tmp_path: Path):
    values = keys(
        "gemma4", attention__sliding_window=100, attention__sliding_window_pattern=[True, True, True, False],
        attention__head_count_kv=[4, 4, 4, 1], attention__key_length=64, attention__value_length=64,
        attention__key_length_swa=32, attention__value_length_swa=32,
    )  # fmt: skip
    shape = read(tmp_path, gguf(values, TABLE + layers())).shape
    assert shape.kv_numbers(5000) == 2 * (64 * 5000 + 3 * 4 * 32 * 100)


def test_a_compressed_vector_is_kept_once(tmp_path: Path):
    values = keys("deepseek2", attention__kv_lora_rank=512, rope__dimension_count=64)
    tensors = [tensor for number in range(4) for tensor in layer(number, names=("attn_kv_a_mqa.weight",))]
    shape = read(tmp_path, gguf(values, TABLE + tensors)).shape
    assert shape.kv_numbers(1000) == 4 * 576 * 1000


def test_layers_that_guess_ahead_are_no_part_of_the_model(tmp_path: Path):
    found = read(tmp_path, gguf(keys("glm4moe", nextn_predict_layers=1), TABLE + layers()))
    assert found.shape.layers == 3
    assert found.shape.non_expert_params == 3 * (2 * 256 * 64 + 256 * 512)
    assert found.weight_bytes == read(tmp_path, gguf(keys(), TABLE + layers())).weight_bytes


def test_an_embedding_model_is_not_taken_for_a_chat_model(tmp_path: Path):
    found = read(tmp_path, gguf(keys("nomic-bert", pooling_type=1), TABLE + layers()))
    assert found.kind == "embedding"
    assert found.embedder
    assert (found.embedder.width, found.embedder.pooling) == (256, "mean")
    assert found.shape.kv_numbers(100) == found.shape.output_head_params == 0
    last = read(tmp_path, gguf(keys("qwen3", pooling_type=3), TABLE + layers())).embedder
    assert last
    assert last.pooling == "last"
    assert "reranker" in refused(tmp_path, gguf(keys("qwen3", pooling_type=4), TABLE + layers()))


def test_the_chat_template_is_read(tmp_path: Path):
    template = "{{ raise_exception('Conversation roles must alternate') }}{% if enable_thinking %}<think>{% endif %} system"
    found = read(tmp_path, gguf(keys() | {"tokenizer.chat_template": template}, TABLE + layers()))
    assert found.template.strict_alternation
    assert found.template.thinks == "optional"


def test_a_split_model_is_read_from_any_part_and_only_whole(tmp_path: Path):
    first = keys() | {"split.count": 2, "split.no": 0, "split.tensors.count": 13}
    (tmp_path / "m-00001-of-00002.gguf").write_bytes(gguf(first, TABLE + layers(2)))
    assert "m-00002-of-00002.gguf" in refused(
        tmp_path, gguf(first, TABLE + layers(2)), "m-00001-of-00002.gguf"
    )
    second = gguf({"split.count": 2, "split.no": 1}, layers()[6:])
    found = read(tmp_path, second, "m-00002-of-00002.gguf")
    assert found.shape == read_model(tmp_path).shape
    assert (
        found.shape.total_params
        == read(tmp_path, gguf(keys(), TABLE + layers()), "whole.gguf").shape.total_params
    )
    assert "more than one" in refused_folder(tmp_path)
    assert "do not belong together" in refused(tmp_path, gguf(keys(), layers()[:6]), "m-00002-of-00002.gguf")
    assert "one of 2 parts" in refused(tmp_path, gguf(first, TABLE), "renamed.gguf")
    assert "part's number" in refused(tmp_path, gguf(first, TABLE), "m-00003-of-00002.gguf")


def refused_folder(place: Path) -> str:
    with pytest.raises(ModelUnreadable) as caught:
        read_model(place)
    return caught.value.message


def head(tensors: int, values: int, rest: bytes = b"", *, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, values) + rest


def text(given: bytes) -> bytes:
    return struct.pack("<Q", len(given)) + given


def a_list(kind: int, count: int, rest: bytes = b"") -> bytes:
    return head(0, 1, text(b"llama.x") + struct.pack("<IIQ", 9, kind, count) + rest)


NESTED = text(b"k") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 100_000
HOSTILE = {
    "wrong magic": (b"GGML" + bytes(100), "begin with `GGUF`"),
    "older format": (b"tjgg" + bytes(100), "older than GGUF"),
    "empty": (b"", "ends in the middle"),
    "only magic": (b"GGUF", "ends in the middle"),
    "big endian": (gguf(keys(), TABLE, order=">"), "big-endian"),
    "big endian magic": (b"FUGG" + bytes(30), "big-endian"),
    "version 0": (head(0, 0, version=0), "version is 0"),
    "version 4": (head(0, 0, version=4), "version is 4"),
    "all keys": (head(0, 2**64 - 1), "key-values"),
    "all tensors": (head(2**63, 0), "tensors"),
    "long key": (head(0, 1, struct.pack("<Q", 2**62)), "past the end"),
    "list of a billion texts": (a_list(8, 10**9), "more than 2,000,000 texts"),
    "list of many texts": (a_list(8, 1_500_000), "past the end"),
    "list of all numbers": (a_list(4, 2**62), "past the end"),
    "short list past the end": (a_list(10, 4000), "ends in the middle"),
    "text in a list past the end": (a_list(8, 2, text(b"a") + struct.pack("<Q", 2**63) + bytes(50)), "past the end"),
    "nested lists": (head(0, 1, NESTED), "lists of lists"),
    "unknown kind": (head(0, 1, text(b"k") + struct.pack("<I", 77)), "type 77"),
    "twice": (head(0, 2, (text(b"k") + struct.pack("<II", 4, 1)) * 2), "twice"),
    "tensor twice": (gguf(keys(), TABLE + TABLE), "twice"),
    "tensor of many dimensions": (head(1, 0, text(b"t") + struct.pack("<I", 10**9)), "dimensions"),
    "endless tensor": (gguf(keys(), [("t", (2**63, 2**63), 0)]), "larger than any model"),
    "empty tensor": (gguf(keys(), [("t", (0,), 0)]), "blocks of 1"),
    "broken block": (gguf(keys(), [("t", (100,), Q4_K)]), "blocks of 256"),
    "unknown tensor": (gguf(keys(), [("t", (32,), 99)]), "type 99"),
    "bad alignment": (gguf(keys() | {"general.alignment": 0}, TABLE), "general.alignment"),
    "text for a number": (gguf(keys(block_count="many"), TABLE + layers()), '`block_count` is the text "many"'),
    "fraction": (gguf(keys(block_count=4.5), TABLE + layers()), "`block_count` is 4.5"),
    "billion layers": (gguf(keys(block_count=10**9), TABLE + layers()), "`block_count` is 1000000000"),
    "no keys": (gguf({"general.architecture": "llama"}, TABLE + layers()), "`attention.head_count` is missing"),
    "no name": (gguf({}, TABLE), "`general.architecture` is missing"),
    "no tensors": (gguf(keys()), "no tensors"),
    "no attention": (gguf(keys(), TABLE), "tensors of attention"),
    "no table": (gguf(keys(), layers()), "`token_embd.weight` is missing"),
    "projector": (gguf(keys("clip") | {"general.type": "mmproj"}, TABLE), "mmproj"),
    "adapter": (gguf(keys() | {"general.type": "adapter"}, TABLE), "adapter"),
    "control characters": (gguf(keys("\x1b[2J"), []), "no tensors"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_header_that_lies_is_refused_by_name(name: str, tmp_path: Path):
    content, reason = HOSTILE[name]
    assert reason in refused(tmp_path, content)


def test_no_header_takes_more_memory_than_a_model_would_need(tmp_path: Path):
    # Sparse files: the lengths are true, and the gigabytes behind them are not there.
    for kind, count, size in ((8, 1_999_999, 2**35), (0, 2**34, 2**35), (8, 2_000_001, 2**35)):
        with (tmp_path / "m.gguf").open("wb") as file:
            file.write(a_list(kind, count))
            file.truncate(size)
        with pytest.raises(ModelUnreadable):
            read_model(tmp_path / "m.gguf")
    many = b"".join(
        text(b"k%d" % number) + struct.pack("<IIQ", 9, 0, 4096) + bytes(4096) for number in range(200)
    )
    assert "500,000 numbers" in refused(tmp_path, head(0, 200, many))


VALID = gguf(keys() | {"tokenizer.chat_template": "x", "tokenizer.ggml.tokens": ["a", "b"]}, TABLE + layers())


@settings(max_examples=200, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=9)), max_size=4
    ),
    end=st.one_of(st.none(), st.integers(0, len(VALID))),
)
@example(changes=[(8, b"\xff" * 8)], end=None)
@example(changes=[(16, b"\xff" * 8)], end=None)
def test_a_damaged_header_gives_a_model_or_a_named_error(
    changes: list[tuple[int, bytes]], end: int | None, tmp_path_factory: pytest.TempPathFactory
):
    content = bytearray(VALID)
    for place, given_bytes in changes:
        content[place : place + len(given_bytes)] = given_bytes
    read_or_refuse(bytes(content[:end]), tmp_path_factory)


@settings(max_examples=100, deadline=None)
@given(
    rest=st.binary(max_size=300),
    version=st.integers(0, 4),
    counts=st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_random_bytes_give_a_named_error(
    rest: bytes, version: int, counts: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
):
    read_or_refuse(head(*counts, rest, version=version), tmp_path_factory)
    read_or_refuse(b"GGUF" + rest, tmp_path_factory)


def read_or_refuse(content: bytes, places: pytest.TempPathFactory) -> None:
    file = places.getbasetemp() / "changed.gguf"
    file.write_bytes(content)
    try:
        found = read_model(file)
    except DeskError:
        return
    assert found.shape.total_params > 0
    assert found.shape.kv_numbers(1000) >= 0
    assert found.name.isprintable()
