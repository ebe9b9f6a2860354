"""The planner's constants are what a fit gives, and as good on unseen figures as is promised."""

import json
import math
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from aichatdesk.inference.catalogue.catalogue import UnknownModel, load_catalogue
from aichatdesk.inference.catalogue.read_model import read_model
from aichatdesk.migration.spark import measurements
from aichatdesk.migration.spark.accuracy import Fitted, measure
from aichatdesk.migration.spark.constants import load_constants
from aichatdesk.migration.spark.figures import predict, published_figures
from aichatdesk.migration.spark.fit import Fitter
from aichatdesk.migration.spark.machine import DGX_SPARK
from aichatdesk.migration.spark.roofline import Build, Roofline, rates_of
from aichatdesk.migration.spark.weights import BYTES, weights_of
from peers.public_configs import CHAT

# One worker fits once for all of them.
pytestmark = pytest.mark.xdist_group("roofline")
ROOT = Path(__file__).resolve().parents[2]

# Published totals, in billions, written down apart from the catalogue.
TOTALS = {
    "llama3.1-8b": 8.03,
    "llama3.1-70b": 70.6,
    "qwen2.5-72b": 72.7,
    "mistral-large-123b": 123,
    "ministral3-3b": 3.4,
    "ministral3-14b": 13.5,
    "gemma4-e2b": 5.1,
    "gemma4-e4b": 8.0,
    "gemma4-26b-a4b": 25.2,
    "gemma4-31b": 30.7,
    "qwen3-8b": 8.2,
    "qwen3-32b": 32.8,
    "qwen3-30b-a3b": 30.5,
    "qwen3-next-80b-a3b": 80,
    "gpt-oss-20b": 20.9,
    "gpt-oss-120b": 116.8,
    "nemotron3-nano-30b-a3b": 31.6,
    "nemotron3-super-120b-a12b": 120.6,
}
# And what one token is multiplied with, by the same sources; some of them count the embedding table too.
ACTIVE = {"gpt-oss-20b": 3.6, "gpt-oss-120b": 5.1, "qwen3-30b-a3b": 3.3, "gemma4-26b-a4b": 3.8}


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return measure(published_figures()[0])


def test_the_constants_are_what_a_fit_of_the_measurements_gives(fitted: Fitted):
    kept = load_constants()
    for rate, effects in fitted.fit.effects.items():
        assert kept.effects[rate] == pytest.approx(effects, abs=2e-4), rate
    assert kept.accuracy.right_verdicts == fitted.accuracy.right_verdicts


def test_figures_that_were_left_out_are_predicted_as_well_as_is_promised(fitted: Fitted):
    unseen = fitted.accuracy.unseen["itself"]
    assert unseen["decode"].median <= 0.08
    assert unseen["decode"].mean <= 0.12
    assert unseen["first token at once"].mean <= 0.10
    assert fitted.accuracy.right_verdicts >= 0.95 * fitted.accuracy.verdicts


def test_what_is_left_out_of_a_fit_is_predicted_worse_than_what_is_in_it(fitted: Fitted):
    accuracy = fitted.accuracy
    for kind in ("decode", "first token at once", "prefill"):
        errors = [accuracy.seen[kind], *(accuracy.unseen[known][kind] for known in ("itself", "others"))]
        assert [error.mean for error in errors] == sorted(error.mean for error in errors)


def test_no_published_figure_is_passed_over_in_silence():
    figures, left_out = published_figures()
    rows = {
        name: len((resources.files(measurements) / f"{name}.csv").read_text("utf-8").splitlines()) - 1
        for name in ("decode_single_stream", "prefill", "vllm_concurrency")
    }
    # A burst has two figures: the first token, and the tokens a second after it.
    published = rows["decode_single_stream"] + rows["prefill"] + 2 * rows["vllm_concurrency"]
    assert len(figures) + sum(one.figures for one in left_out) == published
    assert len(figures) >= 3 * sum(one.figures for one in left_out)
    assert all(one.why for one in left_out)


def test_no_figure_is_predicted_with_the_help_of_one_that_repeats_it(fitted: Fitted):
    figures, _ = published_figures()
    said: dict[tuple[object, ...], set[float]] = {}
    repeated = 0
    for one, off in zip(figures, fitted.unseen, strict=True):
        what = (one.kind, one.build, one.prompt_tokens, one.answer_tokens, one.concurrency)
        repeated += what in said
        # Left out together, two runs of one measurement are predicted from the same others.
        said.setdefault(what, set()).add(round(math.log(one.value) + off, 9))
    assert repeated >= 12
    assert all(len(predictions) == 1 for predictions in said.values())


@pytest.mark.long
@pytest.mark.parametrize("family", ["gpt-oss", "llama3"])
def test_a_fit_that_never_saw_a_family_errs_as_much_as_is_said(family: str, fitted: Fitted):
    figures, _ = published_figures()
    _, blind = Fitter([one for one in figures if one.build.family != family]).fit()
    errors = [
        abs(predict(one, rates_of(one.build, blind.effects)) / one.value - 1)
        for one in figures
        if one.build.family == family
    ]
    said = Fitter(figures).leave_out(fitted.at, lambda one: one.build.family)
    quick = [
        abs(math.expm1(off)) for one, off in zip(figures, said, strict=True) if one.build.family == family
    ]
    assert sum(errors) / len(errors) == pytest.approx(sum(quick) / len(quick), abs=0.02)


@pytest.mark.parametrize("model", load_catalogue().chat, ids=lambda model: model.id)
def test_the_sizes_of_the_catalogue_are_those_that_were_published(model):
    shape = model.shape
    assert shape.total_params / 1e9 == pytest.approx(TOTALS.get(model.id, shape.total_params / 1e9), rel=0.02)
    assert shape.active_params / 1e9 == pytest.approx(
        ACTIVE.get(model.id, shape.active_params / 1e9), rel=0.1
    )
    assert shape.context_tokens
    assert model.licence
    assert model.source
    assert all(one.quant in BYTES and (one.vllm or one.ollama) for one in model.checkpoints)


@pytest.mark.parametrize(
    ("published", "known"),
    [
        ("llama-3.1-8b", "llama3.1-8b"), ("llama-3.1-70b", "llama3.1-70b"), ("qwen2.5-7b", "qwen2.5-7b"),
        ("qwen2.5-72b", "qwen2.5-72b"), ("mistral-large-2407", "mistral-large-123b"), ("qwen3-8b", "qwen3-8b"),
        ("qwen3-32b", "qwen3-32b"), ("gemma-3-4b", "gemma3-4b"), ("gemma-3-12b", "gemma3-12b"),
        ("ministral-3-8b", "ministral3-8b"), ("qwen3-30b-a3b", "qwen3-30b-a3b"),
        ("qwen3-30b-a3b", "qwen3-30b-a3b-hybrid"), ("gpt-oss-20b", "gpt-oss-20b"), ("gpt-oss-120b", "gpt-oss-120b"),
        ("qwen3-next-80b-a3b", "qwen3-next-80b-a3b"), ("nemotron-3-nano-30b-a3b", "nemotron3-nano-30b-a3b"),
    ],
)  # fmt: skip
def test_no_size_of_the_catalogue_differs_from_the_models_own_file(
    published: str, known: str, tmp_path: Path
):
    (tmp_path / "config.json").write_text(json.dumps(CHAT[published].config))
    read, kept = read_model(tmp_path).shape, load_catalogue().chat_model(known).shape
    sizes = ("layers", "kv_heads", "head_dim", "experts", "experts_per_token", "window_tokens")
    assert [getattr(read, name) for name in sizes] == [getattr(kept, name) for name in sizes]
    assert read.kv_layer_share == pytest.approx(kept.kv_layer_share, abs=1e-3)
    for part in ("non_expert_params", "output_head_params", "embedding_params", "expert_params"):
        assert getattr(read, part) == pytest.approx(getattr(kept, part), rel=0.02), part


def test_a_name_means_one_model_only():
    names = [name.lower() for model in load_catalogue().chat for name in set(model.names)]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownModel, match=r"gpt-oss-20b"):
        load_catalogue().chat_model("gpt-oss-20")


@pytest.mark.parametrize("model", load_catalogue().chat, ids=lambda model: model.id)
def test_no_model_is_said_to_be_faster_than_the_bus(model):
    for one in model.checkpoints:
        engine = "vllm" if one.vllm else "ollama"
        served = Build(model.id, model.family, model.shape, one.quant, engine)
        roofline = Roofline(DGX_SPARK, served, load_constants().rates(served))
        read = weights_of(one.quant, engine).always_read(model.shape)
        assert roofline.decode_tokens_per_second(1) * read < DGX_SPARK.bytes_per_second
        assert math.isfinite(roofline.prefill_tokens_per_second)


def test_each_more_answer_token_and_context_takes_longer():
    shape = load_catalogue().chat_model("gpt-oss-120b").shape
    served = Build("gpt-oss-120b", "gpt-oss", shape, "mxfp4", "vllm")
    step = Roofline(DGX_SPARK, served, load_constants().rates(served)).step_seconds
    one = step(decoding=1, context_tokens=1000, prefill_tokens=0)
    assert one < step(decoding=1, context_tokens=9000, prefill_tokens=0)
    assert one < step(decoding=2, context_tokens=1000, prefill_tokens=0)
    assert one < step(decoding=1, context_tokens=1000, prefill_tokens=500)
    assert step(decoding=8, context_tokens=8000, prefill_tokens=0) < 8 * one


def test_the_table_of_the_guide_is_what_the_planner_says():
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_planner_table.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
