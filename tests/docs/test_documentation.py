"""The documentation keeps its promises: links lead somewhere, commands exist, settings are real."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from aichatdesk.entry.cli.main import app
from aichatdesk.entry.settings import known_names

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"\b(?:AICHATDESK|LLM|EMBEDDING|JWT|ADMIN|RATE_LIMIT|MAX_FILE)_[A-Z_]+[A-Z]\b")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
_COMMAND = re.compile(r"`(aichatdesk [a-z][^`]*)`")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = [line for block in _CONSOLE.findall(text) for line in block.splitlines() if line.strip()]
        for line in [*blocks, *_COMMAND.findall(text)]:
            yield named(page), line.strip()


COMMANDS = sorted(set(commands()))


def check_options(words: list[str]) -> None:
    """Follow the words through the command tree; a word or option that is not there fails."""
    command = typer.main.get_command(app)
    rest = words
    while rest and not rest[0].startswith("-") and (commands := getattr(command, "commands", None)):
        assert rest[0] in commands, f"there is no command {rest[0]!r}"
        command, rest = commands[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in rest:
        if word.startswith("-"):
            assert word.partition("=")[0] in known, f"{command.name} has no option {word}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_a_page_and_a_heading_that_exist(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} does not exist"
        if anchor:
            assert anchor in anchors(there), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_image_lies_in_the_images_folder(page: Path) -> None:
    for target in _IMAGE.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).resolve().is_relative_to(ROOT / "docs" / "images")


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page}: {line}" for page, line in COMMANDS])
def test_every_command_in_the_documentation_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line.partition(" < ")[0])
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        assert words.pop(0).partition("=")[0] in known_names(), page
    match words:
        case ["aichatdesk", *rest]:
            check_options(rest)
        case ["make", *targets]:
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            for target in targets:
                assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"no target {target}"
        case [".venv/bin/python", script, *_]:
            assert (ROOT / script).is_file()
        case _:
            pytest.fail(f"{page} shows a command that nothing here checks: {line}")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["config", "check", "--json"], 78),  # no model is named here
        (["config", "show", "--json"], 0),
        (["config", "init"], 0),
        (["no-such-command"], 2),
    ],
)
def test_a_quick_command_ends_with_the_documented_code(line: list[str], code: int, tmp_path: Path) -> None:
    assert run(line, tmp_path).returncode == code


def test_a_wrong_setting_is_one_line_and_code_78(tmp_path: Path) -> None:
    done = run(["config", "check"], tmp_path, LLM_MODLE="x")
    assert done.returncode == 78
    assert done.stderr.splitlines() == ["config: LLM_MODLE is not a setting; did you mean LLM_MODEL?"]


def run(words: list[str], folder: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), "-m", "aichatdesk.entry.cli.main", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("page", [*GUIDES, ROOT / "README.md"], ids=named)
def test_every_setting_that_a_guide_names_is_read(page: Path) -> None:
    for name in set(_SETTING.findall(page.read_text(encoding="utf-8"))):
        assert name in known_names(), f"{name} is no setting"


def test_the_reference_names_every_setting() -> None:
    text = (ROOT / "docs" / "guide" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in known_names() if f"`{name}`" not in text] == []


def test_every_guide_is_listed() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in GUIDES if f"guide/{page.name}" not in index] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in folder.glob("0*.md") if page.name not in index] == []


# Put together here, so that this file does not hold them.
_FOREIGN = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry" + ".npmjs",
    "/wo" + "rk/main",
    "../" + "shared",
)


def test_no_file_holds_a_registry_address_or_a_path_of_one_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.splitlines()]
    held = {
        f"{named(file)}: {address}"
        for file in files
        if file.is_file()
        for address in _FOREIGN
        if address.encode() in file.read_bytes()
    }
    assert held == set()


@pytest.mark.parametrize("page", [page for page in PAGES if "::test_" in page.read_text()], ids=named)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    missing = [
        f"{file}::{name}"
        for file, name in _TEST.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / file).is_file()
        or not re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []
