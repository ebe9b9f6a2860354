"""The built front end keeps its promises of size, and loads nothing from anywhere else (`web/sizes.mjs`)."""

import json
import os
import random
import shutil
import string
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("front end sizes")

ROOT = Path(__file__).parents[2]
PROMISES = (
    "loader",
    "widget's first load",
    "dashboard's first scripts",
    "dashboard's first styles",
    "late chunks",
    "no charts in the first load",
    "no other host",
)


def checked(*folder: Path) -> dict[str, dict[str, Any]]:
    """Each promise by its name."""
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: run make setup-dev."
    run = subprocess.run(
        [node, str(ROOT / "web" / "sizes.mjs"), "--json", *map(str, folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, 3), run.stderr
    found = {one["promise"]: one for one in json.loads(run.stdout)}
    assert run.returncode == (0 if all(one["kept"] for one in found.values()) else 3)
    return found


@pytest.fixture(scope="module")
def built() -> dict[str, dict[str, Any]]:
    return checked()


@pytest.mark.parametrize("promise", PROMISES)
def test_the_built_front_end_breaks_no_promise(built: dict[str, dict[str, Any]], promise: str):
    assert built[promise]["kept"], built[promise]["why"]


def test_the_first_load_counts_what_is_really_loaded(built: dict[str, dict[str, Any]]):
    assert built.keys() == set(PROMISES)
    assert built["dashboard's first scripts"]["size"] > 100_000
    assert built["widget's first load"]["size"] > 10_000
    assert {Path(name).suffix for name in built["widget's first load"]["files"]} == {".js", ".css"}


def noise(size: int) -> str:
    """Text that gzip cannot make smaller than about three quarters."""
    return "".join(random.Random(size).choices(string.ascii_letters + string.digits, k=size))


def made(folder: Path, **files: str) -> Path:
    """A built front end that keeps every promise, but for what these files change."""
    assets = {
        "widget/loader.js": "0",
        "widget/index.html": '<script type="module" src="/widget/assets/index-aaaaaaaa.js"></script>',
        "widget/assets/index-aaaaaaaa.js": 'import("./de-bbbbbbbb.js")',
        "widget/assets/de-bbbbbbbb.js": "0",
        "dashboard/index.html": (
            '<script type="module" nonce="n" src="/dashboard/assets/index-aaaaaaaa.js"></script>'
            '<link nonce="n" rel="stylesheet" href="/dashboard/assets/index-cccccccc.css">'
            '<link rel="modulepreload" href="/dashboard/assets/ahead-dddddddd.js">'
        ),
        "dashboard/assets/index-aaaaaaaa.js": (
            'import{a as b}from"./parts-eeeeeeee.js";import"./bare-ffffffff.js";import("./late-gggggggg.js")'
        ),
        "dashboard/assets/index-cccccccc.css": "a{}",
        "dashboard/assets/ahead-dddddddd.js": "0",
        "dashboard/assets/parts-eeeeeeee.js": 'export*from"./deep-hhhhhhhh.js"',
        "dashboard/assets/deep-hhhhhhhh.js": "0",
        "dashboard/assets/bare-ffffffff.js": "0",
        "dashboard/assets/late-gggggggg.js": "recharts-surface",
    } | files
    for name, text in assets.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


DASHBOARD = "dashboard/assets"


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("widget/loader.js", noise(5_000), {"loader"}),
        ("widget/assets/index-aaaaaaaa.js", noise(50_000), {"widget's first load"}),
        ("widget/assets/de-bbbbbbbb.js", noise(50_000), {"widget's first load"}),
        (f"{DASHBOARD}/index-aaaaaaaa.js", noise(360_000), {"dashboard's first scripts"}),
        (f"{DASHBOARD}/ahead-dddddddd.js", noise(360_000), {"dashboard's first scripts"}),
        (f"{DASHBOARD}/bare-ffffffff.js", noise(360_000), {"dashboard's first scripts"}),
        (f"{DASHBOARD}/deep-hhhhhhhh.js", noise(360_000), {"dashboard's first scripts"}),
        (f"{DASHBOARD}/index-cccccccc.css", noise(64_000), {"dashboard's first styles"}),
        (f"{DASHBOARD}/late-gggggggg.js", noise(170_000), {"late chunks"}),
        (f"{DASHBOARD}/deep-hhhhhhhh.js", "recharts-wrapper", {"no charts in the first load"}),
        (f"{DASHBOARD}/late-gggggggg.js", 'f("https://cdn.evil.test/x.js")', {"no other host"}),
        (f"{DASHBOARD}/late-gggggggg.js", 'f("//cdn.evil.test")', {"no other host"}),
        (f"{DASHBOARD}/index-cccccccc.css", "a{background:url(http://10.0.0.9/x.png)}", {"no other host"}),
        ("widget/index.html", '<img src="https://cdn.evil.test/x.png">', {"no other host"}),
        (f"{DASHBOARD}/late-gggggggg.js", 'f("http://www.w3.org/2000/svg","https://example.com")', set()),
    ],
)
def test_no_broken_promise_is_overlooked(tmp_path: Path, name: str, text: str, broken: set[str]):
    found = checked(made(tmp_path, **{name: text}))
    assert {promise for promise, one in found.items() if not one["kept"]} == broken


def test_a_front_end_that_is_not_built_is_no_success(tmp_path: Path):
    with pytest.raises(AssertionError, match="run make web"):
        checked(tmp_path)
