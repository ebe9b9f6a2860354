"""The faces of a plan: nothing in it becomes markup or a terminal's command, and every face tells the same."""

import base64
import hashlib
import io
import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aichatdesk.entry.cli.main import app
from aichatdesk.entry.cli.show_plan import show_plan
from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.inference.local.weights import chat_weights
from aichatdesk.migration.plan.charts import (
    Bar,
    Dot,
    Series,
    bar_chart,
    line_chart,
    scatter_chart,
    stacked_bar,
)
from aichatdesk.migration.plan.choices import choices_for
from aichatdesk.migration.plan.draw_page import plan_page
from aichatdesk.migration.plan.make_plan import Plan, make_plan
from aichatdesk.migration.plan.markup import Markup, element, text
from aichatdesk.migration.plan.plan_json import models_json, plan_json
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.verdict import seconds, verdict_of
from aichatdesk.migration.spark.constants import load_constants
from peers.made_files import gguf
from peers.public_configs import CHAT

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>[red]loud[/red]\x1b[2J\x07\u202e"
SHORT = {"COLUMNS": "100", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of somebody's own whose name is an attack."""
    values = {
        "general.architecture": "llama", "general.name": HOSTILE, "general.license": HOSTILE, "general.file_type": 15,
        "llama.block_count": 8, "llama.context_length": 8192, "llama.embedding_length": 2048,
        "llama.attention.head_count": 16, "llama.attention.head_count_kv": 4,
    }  # fmt: skip
    layers = [
        (f"blk.{number}.{name}", (2048, 2048), 12)
        for number in range(8)
        for name in ("attn_k.weight", "ffn_up.weight")
    ]
    path = tmp_path_factory.mktemp("own") / "model.gguf"
    path.write_bytes(gguf(values, [("token_embd.weight", (2048, 32_000), 14), *layers]))
    return path


@pytest.fixture(scope="module")
def own_plan(own_model: Path) -> Plan:
    return make_plan(PlanQuestion(model=str(own_model)))


@pytest.fixture(scope="module")
def slow_plan() -> Plan:
    return make_plan(PlanQuestion(model="llama3.1-70b", quant="nvfp4"))


@pytest.fixture(scope="module")
def page(slow_plan: Plan) -> str:
    return plan_page(slow_plan, load_constants())


class Seen(HTMLParser):
    """Every element with its attributes, and whether they are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_no_name_from_a_file_becomes_markup(own_plan: Plan):
    html = plan_page(own_plan, load_constants())
    seen = Seen(html)
    assert seen.open == []
    assert not {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "link", "base", "object"}
    assert not any(
        name.startswith("on") or name == "style" for _, attributes in seen.elements for name in attributes
    )
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", html)


def test_no_name_from_a_file_commands_the_terminal(own_model: Path):
    shown = run("plan", "--model", str(own_model), env={"COLUMNS": "100", "FORCE_COLOR": "1"})
    assert shown.exit_code == 0
    # Colours are ours; anything else that a terminal obeys is not.
    rest = re.sub(r"\x1b\[[\d;]*m", "", shown.stdout)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", rest)
    assert "[red]loud[/red]" in re.sub(r"\s*\n[│ ]*", "", rest)


def test_the_page_asks_for_nothing_and_lets_nothing_in(page: str):
    seen = Seen(page)
    assert not any(
        name in {"src", "href", "xlink:href", "action"}
        for _, attributes in seen.elements
        for name in attributes
    )
    style = page.split("<style>")[1].split("</style>", maxsplit=1)[0]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(attributes["content"] for tag, attributes in seen.elements if attributes.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_chart_has_a_description_and_no_two_parts_one_name(page: str):
    seen = Seen(page)
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    charts = [
        attributes for tag, attributes in seen.elements if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(charts) == 9
    for attributes in charts:
        assert set((attributes["aria-labelledby"] or "").split()) <= set(ids)
    assert page.count("<desc") == page.count('role="img"')
    assert not re.search(r'="(nan|inf|-inf)"', page)


def test_a_chart_of_impossible_numbers_is_still_a_chart():
    nan, inf = float("nan"), float("inf")
    charts = [
        line_chart("a", "t", "d", [Series("s", [(1, nan), (2, inf), (4, 0.0)])], x_label="x", y_label="y"),
        line_chart("b", "t", "d", [Series("s", [(1, 1e-3), (2, inf), (4, 1e6)])], x_label="x", y_label="y", target=(5, "5")),
        line_chart("c", "t", "d", [], x_label="x", y_label="y"),
        bar_chart("d", "t", "d", [Bar("n", nan, "?"), Bar("n", 0, "0")]),
        scatter_chart("e", "t", "d", [Dot("n", nan, 1, "g"), Dot("n", 5, 5, "g")], band=0.1, x_label="x", y_label="y"),
        scatter_chart("f", "t", "d", [], band=0.1, x_label="x", y_label="y"),
        stacked_bar("g", "t", "d", [("a", 500.0), ("b", 0.0)], whole=121, mark=109),
    ]  # fmt: skip
    for chart in charts:
        assert "nan" not in chart
        assert "inf" not in chart
        assert Seen(chart).open == []


def test_only_what_is_built_here_is_markup():
    assert element("p", "a<b", Markup("<b>c</b>"), title='"&') == '<p title="&quot;&amp;">a&lt;b<b>c</b></p>'
    assert text("\x00a\x1b\u2028b\nc") == "\ufffda\ufffd\ufffdb\nc"


def test_the_verdict_names_the_promise_that_is_broken_and_what_keeps_it(slow_plan: Plan, page: str):
    verdict = verdict_of(slow_plan)
    assert verdict.level == "no"
    assert "even one visitor alone waits longer than 5 s" in verdict.headline
    assert "keeps every promise" in verdict.better
    assert verdict.headline in page
    does_not_fit = verdict_of(make_plan(PlanQuestion(model="llama3.1-70b", quant="bf16")))
    assert "does not fit: it takes 1" in does_not_fit.headline


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("llama-3.1-8b", "llama3.1-8b"), ("mistral-large-2407", "mistral-large-123b"), ("gpt-oss-20b", "gpt-oss-20b"),
        ("qwen3-30b-a3b", "qwen3-30b-a3b"), ("qwen3.6-35b-a3b", "qwen3.6-35b-a3b"), ("llama-3.2-3b", ""),
        ("nemotron-3-nano-30b-a3b", "nemotron3-nano-30b-a3b"), ("mixtral-8x7b", ""),
    ],
)  # fmt: skip
def test_a_model_made_from_a_known_one_is_taken_to_be_as_fast(name: str, alike: str, tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps(CHAT[name].config))
    catalogue = load_catalogue()
    choice = choices_for(PlanQuestion(model=str(tmp_path), quant="fp8"), catalogue)[0]
    known = [model for model in catalogue.chat if model.id == alike]
    assert [choice.model.family] == ([model.family for model in known] or [CHAT[name].config["model_type"]])
    assert any("built like" in sentence for sentence in choice.assumed) == bool(known)


def keys(value: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key != "files":
                yield from keys(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, path)


def test_no_field_of_the_json_is_undocumented(slow_plan: Plan):
    page = (ROOT / "docs" / "reference" / "plan-json.md").read_text("utf-8")
    made = plan_json(slow_plan)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    documented = set(re.findall(r"`(\w+)`", page))
    assert set(keys(made)) <= documented
    assert set(keys(models_json(load_catalogue()))) <= documented


def run(*arguments: str, env: dict[str, str] = SHORT) -> Result:
    return CliRunner().invoke(app, list(arguments), env=env)


def test_files_are_written_privately_and_replace_nothing_unasked(tmp_path: Path):
    place, shown = tmp_path / "new" / "folder", tmp_path / "plan.html"
    asked = ("plan", "--model", "gpt-oss-20b", "--json", "--write", str(place), "--html", str(shown))
    done = run(*asked)
    assert done.exit_code == 0, done.output
    files = json.loads(done.stdout)["files"]
    assert {path.name: path.read_text() for path in place.iterdir()} == files
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert (modes[".env"], modes[".sh"], modes[".yaml"]) == (0o600, 0o755, 0o644)
    assert shown.read_text().startswith("<!doctype html>")
    (place / "desk.env").write_text("LLM_API_KEY=a real key\n")
    again = run(*asked)
    assert again.exit_code == 5
    assert "desk.env would be replaced" in again.stderr
    assert (place / "desk.env").read_text() == "LLM_API_KEY=a real key\n"
    assert again.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--model", "gpt-oss-121b"), 4, "did you mean gpt-oss-120b"),
        (("--model", "./nothing.gguf"), 4, "does not exist"),
        (("--model", "llama3.1-8b", "--quant", "q9"), 2, "q9"),
        (("--context", "0"), 2, "context"),
        (("--engine", "magic"), 2, "magic"),
        (("--model", "gpt-oss-20b", "--html", "/proc/nowhere/plan.html"), 73, "/proc/nowhere"),
    ],
)
def test_what_is_wrong_is_said_on_one_line(arguments: tuple[str, ...], code: int, said: str):
    done = run("plan", *arguments)
    assert done.exit_code == code, done.output
    assert said in done.stderr


def test_the_list_names_every_model_that_can_be_planned():
    listed = json.loads(run("plan", "--list", "--json").stdout)
    assert {"gpt-oss-120b", "llama3.1-70b"} <= {model["id"] for model in listed["chat"]}
    table = run("plan", "--list").stdout
    assert all(model["id"] in table for model in (*listed["chat"], *listed["embedders"]))


@pytest.mark.models
def test_the_packaged_model_can_be_planned_from_its_own_file():
    planned = make_plan(PlanQuestion(model=str(chat_weights()))).chosen
    assert planned.choice.checkpoint.quant == "q4_1"
    assert planned.choice.engine == "ollama"
    assert planned.memory.parts[0].gb == pytest.approx(0.0966, rel=0.01)
    assert planned.keeps_all


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_terminal_is_too_narrow_for_a_figure(
    width: int, capsys: pytest.CaptureFixture[str], slow_plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", str(width))
    show_plan(slow_plan)
    lines = capsys.readouterr().out.split("How to serve it")[0].splitlines()
    assert max(len(line) for line in lines) <= width
    shown = " ".join(" ".join(lines).split())
    for load in slow_plan.chosen.loads.values():
        way, once = load.under_way, load.at_once
        for spread in (way.first_token, way.first_sentence, way.answer):
            assert f"{seconds(spread.p50).removesuffix(' s')} / {seconds(spread.p95)}" in shown
        assert seconds(once.first_sentence.p95) in shown
    for one in slow_plan.alternatives:
        assert f"yes, {seconds(one.loads[1].under_way.first_sentence.p95)}" in shown


def test_a_terminal_with_few_letters_is_shown_the_plan_all_the_same(
    slow_plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    taken = io.BytesIO()
    with io.TextIOWrapper(taken, encoding="ascii") as few_letters:
        monkeypatch.setattr(sys, "stdout", few_letters)
        show_plan(slow_plan)
        few_letters.flush()
        shown = taken.getvalue().decode("ascii")
    assert "# chat weights" in shown
    assert "of 121 GB can be planned with" in shown
    assert "?" not in shown.split("How to serve it")[0]


@pytest.mark.parametrize("columns", ["40", "66", "80", "100"])
def test_no_licence_is_cut_off_in_the_list(columns: str):
    listed = run("plan", "--list", env={"COLUMNS": columns, "NO_COLOR": "1"}).stdout
    words = set(listed.split())
    for model in load_catalogue().chat:
        assert set(model.licence.split()) <= words
        assert {one.quant for one in model.checkpoints} <= words


def test_every_face_of_a_plan_tells_the_same(
    slow_plan: Plan, page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "120")
    show_plan(slow_plan)
    table = " ".join(capsys.readouterr().out.split())
    made, verdict = plan_json(slow_plan), verdict_of(slow_plan)
    assert made["verdict"]["better"] == verdict.better != ""
    for said in (verdict.headline, verdict.better):
        assert said in page
        assert said in table.replace("│ ", "")
    for target in made["chosen"]["targets"]:
        assert target["says"] in page
        assert target["says"] in table
    for told, load in zip(made["chosen"]["loads"], slow_plan.chosen.loads.values(), strict=True):
        under_way = told["underWay"]
        for name, spread in (
            ("firstSentence", load.under_way.first_sentence),
            ("answer", load.under_way.answer),
        ):
            assert under_way[name] == pytest.approx({"p50": spread.p50, "p95": spread.p95}, rel=1e-3)
            assert seconds(spread.p95) in page
            assert seconds(spread.p95) in table
    for one in (*made["alternatives"], *made["otherBuilds"]):
        name = f"{one['memory']['totalGb']:.0f} GB {one['decodeTokensPerSecond']:.1f}"
        assert name in table
    assert {one["title"] for one in made["alternatives"]} == {
        one.choice.model.title for one in slow_plan.alternatives
    }


def test_a_list_that_cannot_be_written_is_said_on_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [ROOT / ".venv/bin/aichatdesk", "plan", "--list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (73, "error: the output: No space left on device.\n")


@pytest.mark.parametrize("values", [[1, 1, 9, 10], [10, 9, 1, 1]])
def test_the_name_of_a_target_does_not_lie_on_the_curve(values: list[float]):
    points = [(2.0**number, value) for number, value in enumerate(values)]
    chart = line_chart("a", "t", "d", [Series("s", points)], x_label="x", y_label="y", target=(5, "promised"))
    name = re.search(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>promised', chart)
    line = re.search(r'y1="([\d.]+)" y2="[\d.]+" class="target"', chart)
    assert name
    assert line
    curve_is_above = values[-1 if float(name[1]) > 200 else 0] > 5
    name_is_above = float(name[2]) < float(line[1])
    assert name_is_above != curve_is_above
