"""The plan says what a Spark can and cannot serve, before anybody has bought or moved anything."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.migration.plan.assess import Assessment, memory_for
from aichatdesk.migration.plan.choices import Choice, all_choices
from aichatdesk.migration.plan.deployment import deployment_files
from aichatdesk.migration.plan.make_plan import Plan, make_plan
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.serve import deployment_of
from aichatdesk.migration.plan.targets import Load, first_response_targets
from aichatdesk.migration.plan.verdict import accuracy_of
from aichatdesk.migration.spark.accuracy import Error
from aichatdesk.migration.spark.visitors import Spread, Waits
from peers.public_configs import CHAT

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
    assert not any("cut off" in remark for remark in thinks.remarks)
    short = make_plan(PlanQuestion(model="gpt-oss-20b", context_tokens=2200))
    assert any("2,210 tokens" in remark and "cut off" in remark for remark in short.remarks)


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
        (
            {"embedder": "no such thing"},
            r"embedding model 'no such thing'; see them all with `aichatdesk plan --list`\.$",
        ),
        ({"model": "qwen3-8b", "context_tokens": 40_961}, "Qwen 3 8B reads at most 40,960 tokens"),
        ({"context_tokens": 10_000_000}, "any other of the catalogue"),
    ],
)
def test_what_cannot_be_planned_is_named_with_what_to_do(wish: dict[str, object], says: str):
    with pytest.raises(DeskError, match=says):
        make_plan(PlanQuestion(**wish))


def test_no_model_is_proposed_for_a_longer_context_than_it_was_made_for():
    plan = make_plan(PlanQuestion(context_tokens=200_000))
    for one in (plan.chosen, *plan.alternatives, *plan.other_builds):
        assert (one.choice.model.shape.context_tokens or 0) >= 200_000
    assert plan.alternatives


def most_at_once(choice: Choice, question: PlanQuestion) -> int:
    """The largest number of answers at once with which a choice fits; 0 where it never does."""
    embedder = load_catalogue().embedder(question.embedder)
    return max((n for n in range(1, 257) if memory_for(choice, question, embedder, n).fits), default=0)


@pytest.mark.parametrize("embedder", ["nomic-embed-text", "qwen3-embedding-0.6b"])
def test_whatever_fits_can_be_served(embedder: str):
    asked, catalogue = PlanQuestion(embedder=embedder), load_catalogue()
    served = 0
    for choice in all_choices(asked, catalogue):
        if choice.engine == "vllm" and (most := most_at_once(choice, asked)):
            wish = replace(asked, model=choice.model.id, quant=choice.checkpoint.quant, concurrency=most)
            known = catalogue.embedder(embedder)
            memory = memory_for(choice, wish, known, most)
            assert memory.fits
            files = deployment_files(deployment_of(choice, memory, wish, known))
            assert f"--max-num-seqs {most}" in files["aichatdesk-chat.service"]
            served += 1
    assert served > 30


def test_an_embedding_model_that_keeps_keys_has_room_for_its_longest_text():
    plan = make_plan(PlanQuestion(model="gpt-oss-20b", engine="vllm", embedder="qwen3-embedding-0.6b"))
    parts = {part.name: part.gb for part in plan.chosen.memory.parts}
    # 28 layers of 8 heads of 128 numbers, keys and values of two bytes, 32,768 tokens.
    kept = 2 * 28 * 8 * 128 * 2 * 32_768 / 1e9
    assert parts["embedding server"] >= 3 + kept
    assert plan.chosen.memory.embedding_share * 121 >= parts["embedding weights"] + 3 + kept


def test_what_ones_own_files_leave_open_is_said(tmp_path: Path):
    config = dict(CHAT["llama-3.1-8b"].config)
    del config["torch_dtype"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0].role }} system <think>")
    silent = make_plan(PlanQuestion(model=str(tmp_path)))
    assert any("bf16 was taken" in remark for remark in silent.remarks)
    assert any("500 tokens are taken for that" in remark for remark in silent.remarks)
    assert silent.chosen.loads[1].at_once.first_token.p50 > 400 / silent.chosen.decode_tokens_per_second
    told = make_plan(PlanQuestion(model=str(tmp_path), quant="bf16"))
    assert not any("was taken. --quant" in remark for remark in told.remarks)


def test_weights_in_an_unknown_form_can_be_planned_as_a_known_one(tmp_path: Path):
    config = CHAT["llama-3.1-8b"].config | {"quantization_config": {"quant_method": "newest"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DeskError, match=r"not known here \(newest\); say with --quant"):
        make_plan(PlanQuestion(model=str(tmp_path)))
    assert make_plan(PlanQuestion(model=str(tmp_path), quant="int4")).chosen.memory.fits


def test_what_an_engine_does_otherwise_is_remarked():
    hybrid = make_plan(PlanQuestion(model="qwen3.5-9b", engine="ollama"))
    assert any("one answer at a time" in remark for remark in hybrid.remarks)
    assert any("the desk asks for each answer" in remark for remark in hybrid.remarks)
    few = make_plan(PlanQuestion(model="qwen3.5-9b", engine="vllm", concurrency=2))
    assert not any("one answer at a time" in remark for remark in few.remarks)
    assert any("the server is started with that switched off" in remark for remark in few.remarks)
    assert any("the other models are reckoned with 10" in remark for remark in few.remarks)


def waits(first_token: float, first_sentence: float) -> Waits:
    token, sentence = Spread(first_token, first_token), Spread(first_sentence, first_sentence)
    return Waits(Spread(0, 0), token, sentence, sentence, 1)


@pytest.mark.parametrize(
    ("alone", "at_once", "close"), [(0.1, 0.6, False), (0.6, 0.1, True), (0.1, 0.1, False)]
)
def test_what_one_visitor_waits_is_as_sure_as_single_requests_were_predicted(
    alone: float, at_once: float, close: bool
):
    def error(share: float) -> Error:
        return Error(9, share, share, share, share)

    errors = {"decode": error(0.1), "first token alone": error(alone), "first token at once": error(at_once)}
    both = waits(3.0, 4.0)
    one, five, _ = first_response_targets({n: Load(n, both, both) for n in (1, 5, 10)}, errors)
    assert one.close == close
    assert five.close == (at_once == 0.6)


def test_a_build_whose_writing_alone_was_measured_is_not_said_to_be_as_sure_of_its_reading():
    # One published figure: how fast it writes.
    half_known = make_plan(PlanQuestion(model="llama3.1-70b", quant="nvfp4")).chosen
    assert (half_known.known_writing, half_known.known_reading) == ("itself", "relatives")
    whole = make_plan(PlanQuestion(model="granite4.1-8b")).chosen
    assert (whole.known_writing, whole.known_reading) == ("itself", "itself")
    assert half_known.errors["decode"] == whole.errors["decode"]
    assert half_known.errors["first token at once"].mean > whole.errors["first token at once"].mean
    assert "for reading prompts, its relatives were measured" in accuracy_of(half_known)
    assert "this very build was measured by others. Such" in accuracy_of(whole)
