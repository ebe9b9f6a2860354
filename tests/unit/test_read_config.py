"""Reading a model from its config.json, and what must not happen with files that nobody should trust."""

import json
import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aichatdesk.core.errors import DeskError, Forbidden, NotFound, TooLarge
from aichatdesk.inference.catalogue.found_model import FoundModel, ModelUnreadable
from aichatdesk.inference.catalogue.read_model import read_model
from peers.public_configs import CHAT, EMBEDDERS

LLAMA = CHAT["llama-3.1-8b"].config


def folder(place: Path, config: object, **beside: object) -> Path:
    """A folder with a config.json and files beside it; `a__b` is the file b in the folder a."""
    place.mkdir(exist_ok=True)
    for name, content in {"config": config, **beside}.items():
        file = place / (name.replace("__", "/") + ("" if "." in name else ".json"))
        file.parent.mkdir(exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return place


def read(tmp_path: Path, config: object, **beside: object) -> FoundModel:
    return read_model(folder(tmp_path / "given", config, **beside))


def refused(tmp_path: Path, config: object, **beside: object) -> str:
    with pytest.raises(ModelUnreadable) as caught:
        read(tmp_path, config, **beside)
    return caught.value.message


@pytest.mark.parametrize("name", sorted(CHAT | EMBEDDERS))
def test_no_public_model_is_counted_more_than_half_a_percent_wrong(name: str, tmp_path: Path):
    published = (CHAT | EMBEDDERS)[name]
    found = read(tmp_path, published.config)
    assert found.shape.total_params == pytest.approx(published.billions * 1e9, rel=0.005)
    assert found.kind == ("chat" if name in CHAT else "embedding")
    if published.kept_per_token is not None:
        assert found.shape.kv_numbers(1000) == pytest.approx(published.kept_per_token * 1000)


@pytest.mark.parametrize(
    ("name", "billions"),
    [("mixtral-8x7b", 12.9), ("gpt-oss-120b", 5.1), ("gpt-oss-20b", 3.6), ("gemma-4-26b-a4b", 3.8), ("deepseek-v3", 37)],
)  # fmt: skip
def test_the_active_parameters_are_those_of_the_card(name: str, billions: float, tmp_path: Path):
    assert read(tmp_path, CHAT[name].config).shape.active_params == pytest.approx(billions * 1e9, rel=0.03)


def test_a_window_is_not_counted_as_the_whole_context(tmp_path: Path):
    shape = read(tmp_path, CHAT["gpt-oss-20b"].config).shape
    assert (shape.kv_layer_share, shape.window_tokens) == (0.5, 128)
    gemma = read(tmp_path, CHAT["gemma-4-31b"].config).shape
    exact = 2 * (10 * 4 * 512 * 100_000 + 50 * 16 * 256 * 1024)
    assert gemma.kv_numbers(100_000) == pytest.approx(exact)
    every = read(tmp_path, LLAMA | {"model_type": "mistral", "sliding_window": 4096}).shape
    assert every.kv_numbers(100_000) == every.kv_numbers(4096) > 0


def test_every_missing_field_is_named_at_once(tmp_path: Path):
    said = refused(tmp_path, {"model_type": "llama", "architectures": ["LlamaForCausalLM"]})
    for field in (
        "num_hidden_layers",
        "hidden_size",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
    ):
        assert f"`{field}` is missing" in said
    assert "llama" in said


@pytest.mark.parametrize(
    "bad", [-1, 0, 4096.0, float("1e999"), "4096", True, [4096], {"a": 1}, 10**30, "\x1b[2J\nx"]
)
def test_a_wrong_value_is_named_and_never_taken(bad: object, tmp_path: Path):
    text = json.dumps(LLAMA | {"hidden_size": bad}).replace("Infinity", "1e999")
    said = refused(tmp_path, text)
    assert "`hidden_size` is" in said
    assert said.isprintable()


def test_what_was_taken_without_being_told_comes_back_as_sentences(tmp_path: Path):
    found = read(tmp_path, CHAT["gemma-3-4b"].config)
    said = " ".join(found.assumed)
    for word in (
        "`head_dim`",
        "262208",
        "`num_key_value_heads`",
        "one in 6",
        "`vision_config`",
        "chat template",
    ):
        assert word in said
    told = read(tmp_path, LLAMA | {"head_dim": 128}, chat_template={"chat_template": "{{ message['role'] }}"})
    assert told.assumed == ()


def test_an_unknown_architecture_is_read_only_where_its_size_proves_it(tmp_path: Path):
    unknown = LLAMA | {"model_type": "brandnew", "head_dim": 128}
    index = "model.safetensors.index.json"
    proven = read(tmp_path / "a", unknown, **{index: {"metadata": {"total_size": 16_060_522_496}}})
    assert proven.shape == read(tmp_path / "b", LLAMA | {"head_dim": 128}).shape
    assert any("not known" in sentence for sentence in proven.assumed)
    said = refused(tmp_path / "c", unknown)
    assert "brandnew" in said
    assert "cannot be checked" in said
    said = refused(tmp_path / "d", unknown, **{index: {"metadata": {"total_size": 15_000_000_000}}})
    assert "8.03 billion" in said
    assert "7.50 billion" in said
    del unknown["vocab_size"], unknown["tie_word_embeddings"]
    said = refused(tmp_path / "e", unknown | {"num_experts": 8, "mamba_d_state": 16})
    for word in ("`vocab_size`", "`tie_word_embeddings`", "`num_experts`", "`mamba_d_state`"):
        assert word in said


@pytest.fixture(autouse=True)
def _rooms(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / name).mkdir()


@pytest.mark.parametrize(
    ("quantization_config", "quant"),
    [
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8-block"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "awq"),
        ({"quant_method": "gptq", "bits": 8}, "gptq-int8"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "modelopt", "quantization": {"quant_algo": "FP8"}}, "fp8"),
        ({"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized", "config_groups": {}}, "nvfp4"),
        ({"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "bnb-int4"),
        ({"quant_method": "\x1b[31mnew"}, "\ufffd[31mnew"),
        ({}, "unknown"),
        (None, "bf16"),
    ],
)  # fmt: skip
def test_the_form_of_the_weights_is_recognised(quantization_config: object, quant: str, tmp_path: Path):
    found = read(tmp_path, LLAMA | {"quantization_config": quantization_config})
    assert found.quant == quant


def test_the_size_of_the_weights_is_the_published_one(tmp_path: Path):
    whole = read(
        tmp_path, LLAMA, **{"model.safetensors.index.json": {"metadata": {"total_size": 16_060_522_496}}}
    )
    assert whole.weight_bytes == 16_060_522_496
    alone = folder(tmp_path / "alone", LLAMA)
    header = b'{"__metadata__":{}}'
    (alone / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(1000))
    found = read_model(alone)
    assert found.weight_bytes == 1000
    assert any("the size of the weights was kept" in sentence for sentence in found.assumed)
    (alone / "model.safetensors").write_bytes(struct.pack("<Q", 10**15))
    with pytest.raises(ModelUnreadable, match="ends before its header"):
        read_model(alone)


@pytest.mark.parametrize(
    ("template", "traits"),
    [
        ("{% for m in messages %}{{ '<|' + m['role'] + '|>' }}{% endfor %}", ("never", False, True)),
        ("{{ raise_exception('Conversation roles must alternate user/assistant/...') }} system", ("never", True, True)),
        ("{{ raise_exception('System role not supported') }}{{ raise_exception('Conversation roles must alternate') }}", ("never", True, False)),
        ("{% if enable_thinking is defined %}<think>{% endif %}{{ message.role }}", ("optional", False, True)),
        ("{{ message['role'] }}<|Assistant|><think>\n", ("always", False, True)),
        ("<|channel|>analysis Reasoning: {{ reasoning_effort }} system", ("always", False, True)),
    ],
)  # fmt: skip
def test_the_habits_of_a_chat_template_are_seen(
    template: str, traits: tuple[str, bool, bool], tmp_path: Path
):
    for number, beside in enumerate((
        {"tokenizer_config": {"chat_template": template}},
        {"chat_template.jinja": template},
        {"tokenizer_config": {"chat_template": [{"name": "tool", "template": "x"}, {"name": "default", "template": template}]}},
    )):  # fmt: skip
        found = read_model(folder(tmp_path / f"f{number}", LLAMA, **beside)).template
        assert (found.thinks, found.strict_alternation, found.system_prompt) == traits
    unseen = read(tmp_path, LLAMA).template
    assert (unseen.thinks, unseen.strict_alternation, unseen.system_prompt) == (None, None, None)


def test_an_embedding_model_tells_its_pooling_and_prefixes(tmp_path: Path):
    steps = [{"type": "sentence_transformers.models.Transformer", "path": ""}, {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}, {"type": "sentence_transformers.models.Dense", "path": "2_Dense"}, {"type": "sentence_transformers.models.Normalize", "path": "3_Normalize"}]  # fmt: skip
    found = read(
        tmp_path,
        LLAMA | {"model_type": "qwen3", "head_dim": 128},
        modules=steps,
        **{
            "1_Pooling__config": {"pooling_mode_lasttoken": True, "pooling_mode_mean_tokens": False},
            "2_Dense__config": {"in_features": 4096, "out_features": 512},
            "config_sentence_transformers": {"prompts": {"query": "Instruct: find\nQuery:", "document": ""}},
            "sentence_bert_config": {"max_seq_length": 8000},
        },
    )
    assert found.kind == "embedding"
    assert found.embedder
    assert (found.embedder.width, found.embedder.pooling, found.embedder.normalise) == (512, "last", True)
    assert (found.embedder.query_prefix, found.embedder.document_prefix) == ("Instruct: find\nQuery:", "")
    assert found.shape.context_tokens == 8000
    assert found.shape.output_head_params == 0
    bare = read_model(folder(tmp_path / "bare", EMBEDDERS["bge-large-en-v1.5"].config)).embedder
    assert bare
    assert (bare.width, bare.pooling, bare.query_prefix) == (1024, None, None)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (LLAMA | {"architectures": ["Qwen3ForSequenceClassification"]}, "reranker"),
        (LLAMA | {"model_type": "t5", "is_encoder_decoder": True}, "encoder with a decoder"),
        (LLAMA | {"text_config": "x", "model_type": "gemma3"}, "`text_config` is"),
        (CHAT["qwen3-30b-a3b"].config | {"num_experts_per_tok": 200}, "more than the 128 experts"),
        (CHAT["gpt-oss-20b"].config | {"layer_types": ["full_attention"] * 3}, "3 of 24"),
        (CHAT["gpt-oss-20b"].config | {"layer_types": ["wonder"] * 24}, "wonder"),
        (
            CHAT["nemotron-3-nano-30b-a3b"].config | {"hybrid_override_pattern": "M?*"},
            "hybrid_override_pattern",
        ),
        (LLAMA | {"num_hidden_layers": 10**8}, "`num_hidden_layers` is 100000000"),
        ([1, 2], "not an object"),
        ("{", "not JSON"),
        ('{"hidden_size": NaN}', "NaN"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ('{"hidden_size": ' + "9" * 5000 + "}", "not JSON"),
        ("", "not JSON"),
        ("\ud800".encode("utf-16", "surrogatepass").decode("latin-1"), "not JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(config: object, reason: str, tmp_path: Path):
    assert reason in refused(tmp_path, config)


def test_no_pipe_folder_giant_or_missing_file_holds_the_reader_up(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelUnreadable, match="not a regular file"):
        read_model(tmp_path / "pipe")
    with pytest.raises(ModelUnreadable, match="not a regular file"):
        read_model(Path("/dev/zero"))
    with pytest.raises(ModelUnreadable, match="cannot be read"):
        read_model(Path("/proc/self/mem"))
    (tmp_path / "a" / "config.json").mkdir()
    with pytest.raises(ModelUnreadable, match="not a regular file"):
        read_model(tmp_path / "a")
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(TooLarge, match="4 MB"):
        read_model(tmp_path / "huge.json")
    for name in ("nothing", "huge.json/config.json", "b"):
        with pytest.raises(NotFound):
            read_model(tmp_path / name)
    for name in ("x" * 300, "nul\0byte"):
        with pytest.raises(ModelUnreadable):
            read_model(tmp_path / name)


@pytest.fixture
def nobody() -> Iterator[None]:
    """The superuser may read everything, so these steps are taken as somebody else."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    yield
    os.seteuid(was)


@pytest.mark.parametrize("closed", ["file", "folder", "folder above"])
def test_a_file_that_may_not_be_read_is_named(closed: str, tmp_path: Path, request: pytest.FixtureRequest):
    for above in [tmp_path, *tmp_path.parents][:3]:
        above.chmod(0o755)
    inner = folder(tmp_path / "a" / "inner", LLAMA)
    {"file": inner / "config.json", "folder": inner, "folder above": inner.parent}[closed].chmod(0)
    request.getfixturevalue("nobody")
    with pytest.raises(Forbidden, match="permissions"):
        read_model(inner)


NAMES = sorted({name for published in (CHAT | EMBEDDERS).values() for name in published.config})
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=8),
    st.lists(st.sampled_from(["full_attention", "sliding_attention", "mamba", "linear_attention"]), max_size=60),
    st.lists(st.integers(-5, 50), max_size=5), st.dictionaries(st.sampled_from(NAMES), st.integers(), max_size=3),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from(sorted(CHAT | EMBEDDERS)),
    changes=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
)
def test_a_changed_configuration_gives_a_model_or_a_named_error(
    base: str, changes: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory
):
    file = tmp_path_factory.getbasetemp() / "changed-config.json"
    file.write_text(json.dumps((CHAT | EMBEDDERS)[base].config | dict(changes)))
    try:
        shape = read_model(file).shape
    except DeskError:
        return
    assert 0 < shape.total_params < 1e40
    assert 0 <= shape.kv_layer_share <= 1
    assert shape.kv_numbers(10_000) >= 0
