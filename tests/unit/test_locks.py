"""What is installed with its hashes is whole, and the same wherever it is installed."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text, re.MULTILINE))


def needed(*extras: str) -> set[str]:
    """The names of everything that the product with these extras needs here, to the last link."""
    wanted = [
        *PROJECT["dependencies"],
        *(one for extra in extras for one in PROJECT["optional-dependencies"][extra]),
    ]
    found: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in found:
            continue
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found.add((name, frozenset(requirement.extras)))
        for line in metadata.requires(name) or []:
            below = Requirement(line)
            if below.marker is None or any(
                below.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                below.marker = None
                wanted.append(str(below))
    return {name for name, _ in found}


@pytest.mark.parametrize(("lock", "extras"), [("base", ()), ("desk", ("graph",)), ("demo", ("local",))])
def test_a_lock_leaves_out_nothing_that_its_extras_need(lock: str, extras: tuple[str, ...]):
    missing = needed(*extras) - set(pins(lock))
    # These weights are locked apart, without what they would bring.
    assert missing - set(pins("local")) == set()


@pytest.mark.parametrize("lock", ["base", "desk", "demo"])
def test_what_is_tested_is_what_is_installed(lock: str):
    tested = pins("dev")
    assert len(pins(lock)) > 20
    assert {name: version for name, version in pins(lock).items() if tested.get(name) != version} == {}


def test_a_desk_in_production_has_what_the_calendar_needs():
    assert set(pins("base")) < set(pins("desk"))
    installs = [ROOT / "deploy/desk/Dockerfile", ROOT / "docs/guide/running-in-production.md"]
    for file in installs:
        named = set(re.findall(r"--requirement requirements/(\w+)\.txt", file.read_text()))
        assert named == {"desk"}, file.name


@pytest.mark.parametrize("lock", ["base", "desk", "demo", "dev"])
def test_every_pin_of_a_lock_has_a_hash_and_no_address(lock: str):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    for entry in re.split(r"^(?=\w)", text, flags=re.MULTILINE):
        assert not entry or "--hash=sha256:" in entry, entry
    assert "://" not in text
    assert "file:" not in text
