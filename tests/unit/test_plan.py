"""The plan says what a Spark can and cannot serve, before anybody has bought or moved anything."""

import itertools
import json
from pathlib import Path

import pytest

from aichatdesk.core.errors import DeskError
from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.make_plan import Plan, make_plan
from aichatdesk.migration.plan.question import PlanQuestion

THE_PLANS_OWN = ["llama3.1:70b", "qwen2.5:72b", "mistral-large"]


def held(assessment: Assessment) -> dict[str, str]:
    return {target.id: target.holds for target in assessment.targets}


@pytest.fixture(scope="module")
def best() -> Plan:
    return make_plan(PlanQuestion())


@pytest.mark.parametrize("model", THE_PLANS_OWN)
def test_no_dense_model_of_seventy_billion_is_said_to_answer_in_five_seconds(model: str):
    plan = make_plan(PlanQuestion(model=model, concurrency=4))
    for one in (plan.chosen, *plan.other_builds):
        assert {held(one)[f"first-response-{visitors}"] for visitors in (1, 5, 10)} == {"no"}
    assert any("dense" in remark for remark in plan.remarks)
    assert plan.alternatives[0].keeps_all


def test_the_command_of_the_migration_plan_is_said_not_to_fit():
    plan = make_plan(PlanQuestion(model="meta-llama/Llama-3.1-70B-Instruct", quant="bf16", engine="vllm"))
    assert held(plan.chosen)["memory"] == "no"
    assert plan.chosen.memory.total_gb > 141
    assert plan.files == {}
    assert plan.other_builds[0].memory.fits


def test_what_nearly_fits_is_told_how_it_would():
    plan = make_plan(PlanQuestion(model="mistral-large"))
    assert not plan.chosen.memory.fits
    hint = next(remark for remark in plan.remarks if "--concurrency" in remark)
    fewer = int(hint.split("--concurrency ")[1].split()[0])
    assert make_plan(PlanQuestion(model="mistral-large", concurrency=fewer)).chosen.memory.fits
    assert not make_plan(PlanQuestion(model="mistral-large", concurrency=fewer + 1)).chosen.memory.fits


def test_without_a_wish_the_best_is_planned_and_it_keeps_every_promise(best: Plan):
    assert best.chosen.keeps_all
    assert best.chosen.known != "others"
    assert {"commands.sh", "compose.yaml", "desk.env"} <= set(best.files)
    points = [one.points for one in (best.chosen, *best.alternatives)]
    assert points == sorted(points, reverse=True)


def test_more_visitors_never_wait_less(best: Plan):
    loads = [best.chosen.loads[visitors] for visitors in sorted(best.chosen.loads)]
    for waits in ([load.at_once for load in loads], [load.under_way for load in loads]):
        answers = [one.answer.p95 for one in waits]
        # The same lengths fall to other visitors, so neighbours may differ by a little.
        assert all(later > 0.95 * earlier for earlier, later in itertools.pairwise(answers))
        for one in waits:
            assert one.queue.p50 <= one.first_token.p50 <= one.first_sentence.p50 <= one.answer.p50
            assert one.first_token.p50 <= one.first_token.p95


def test_visitors_beyond_the_slots_wait_in_a_queue():
    plan = make_plan(PlanQuestion(model="gpt-oss-20b", concurrency=4))
    loads = plan.chosen.loads
    assert loads[4].under_way.queue.p95 < 1
    assert loads[32].under_way.queue.p50 > loads[4].under_way.answer.p50


@pytest.mark.parametrize("model", ["gpt-oss-120b", "qwen3.6-35b-a3b", "nemotron3-super-120b-a12b"])
@pytest.mark.parametrize("concurrency", [1, 10, 32])
def test_the_shares_of_both_servers_fit_together_and_hold_what_was_planned(model: str, concurrency: int):
    memory = make_plan(PlanQuestion(model=model, engine="vllm", concurrency=concurrency)).chosen.memory
    assert memory.chat_share + memory.embedding_share <= memory.plannable_gb / memory.visible_gb + 0.02
    assert (memory.chat_share + memory.embedding_share) * memory.visible_gb >= memory.total_gb


@pytest.mark.parametrize("engine", ["vllm", "ollama"])
def test_the_desk_is_told_what_the_server_is_started_with(engine: str):
    wish = PlanQuestion(model="gpt-oss-20b", engine=engine, context_tokens=4096, concurrency=6)
    lines = make_plan(wish).files["desk.env"].splitlines()
    assert {"LLM_CONCURRENCY=6", "LLM_CONTEXT_TOKENS=4096"} <= set(lines)


def test_thoughts_that_cannot_be_switched_off_are_waited_for():
    thinks = make_plan(PlanQuestion(model="gpt-oss-20b"))
    load = thinks.chosen.loads[1].at_once
    assert load.first_token.p50 > 50 / thinks.chosen.decode_tokens_per_second
    assert any("assumption" in remark for remark in thinks.remarks)


def test_a_model_of_ones_own_is_planned_from_its_configuration(tmp_path: Path):
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    plan = make_plan(PlanQuestion(model=str(tmp_path / "config.json")))
    assert plan.chosen.choice.model.shape.total_params == pytest.approx(8.03e9, rel=0.01)
    assert plan.chosen.choice.is_own
    known = make_plan(PlanQuestion(model="llama3.1-8b", quant="bf16", engine="vllm"))
    assert plan.chosen.decode_tokens_per_second == pytest.approx(
        known.chosen.decode_tokens_per_second, rel=0.2
    )


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"model": "lama3.1-70b"}, "did you mean llama3.1-70b"),
        ({"model": "no such thing at all"}, "--list"),
        ({"model": "./nowhere/config.json"}, "nowhere"),
        ({"model": "llama3.1-8b", "quant": "int3"}, "known are"),
        ({"model": "gpt-oss-20b", "quant": "bf16"}, "has no build for bf16"),
        ({"engine": "tgi"}, "vllm or ollama"),
        ({"concurrency": 0}, "between 1 and"),
        ({"context_tokens": 1000}, "--context"),
        ({"embedder": "nomic"}, "nomic-embed-text"),
    ],
)
def test_what_cannot_be_planned_is_named_with_what_to_do(wish: dict[str, object], says: str):
    with pytest.raises(DeskError, match=says):
        make_plan(PlanQuestion(**wish))
