"""The files of `deploy/`: whole, of one mind, without secrets; read by the real tools where these are installed."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from aichatdesk.entry.settings import ConfigurationProblems, known_names, load_settings
from peers.running_desk import running_desk

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DESK = DEPLOY / "desk"


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def each(pattern: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", sorted(DEPLOY.rglob(pattern)), ids=named)


# What the environment brings, such as shellcheck, before what the machine has.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool, path=PATH) is None, reason=f"{tool} is not installed")


def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PATH": PATH, **environ},
    )


def compose(file: Path) -> dict[str, Any]:
    """The file with its variables filled in, and refused where one has no value and no default."""
    assert re.findall(r"\$\{\w+\}", file.read_text()) == []
    loaded: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+)[^}]*\}", r"\1", file.read_text()))
    return loaded


SCRIPTS = sorted(
    [
        ROOT / ".ci" / "run",
        *DEPLOY.rglob("*.sh"),
        *(ROOT / "tools").glob("*.sh"),
        *(ROOT / "tests").rglob("*.sh"),
    ]
)


@pytest.mark.parametrize("file", SCRIPTS, ids=named)
def test_a_script_has_no_fault_of_syntax(file: Path) -> None:
    assert run("bash", "-n", str(file)).stderr == ""


@needs("shellcheck")
def test_shellcheck_warns_of_nothing_in_any_script() -> None:
    done = run("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *map(str, SCRIPTS))
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@needs("systemd-analyze")
@each("*.service")
def test_systemd_knows_every_line_of_a_unit(file: Path) -> None:
    # What the unit starts is not installed here.
    elsewhere = ("is not executable", "docker.service not found")
    lines = run("systemd-analyze", "verify", str(file)).stderr.splitlines()
    assert [line for line in lines if not any(words in line for words in elsewhere)] == []


@needs("nft")
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="nft asks for root")
@each("*.nft")
def test_nft_reads_the_rules(file: Path) -> None:
    assert run("nft", "--check", "--file", str(file)).stderr == ""


@pytest.mark.long
@needs("nft")
@needs("ip")
@needs("curl")
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="namespaces ask for root")
def test_only_the_desk_reaches_the_models_and_neither_reaches_anybody_else() -> None:
    done = run(str(ROOT / "tools" / "try_firewall.sh"))
    assert "WRONG" not in done.stdout
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ok: ") > 15


@needs("caddy")
@each("Caddyfile")
def test_caddy_reads_its_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text(file.read_text().replace("CHANGE_ME", "127.0.0.1"))
    done = run(
        *("caddy", "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")),
        DESK_NAME="desk.example.org",
        OLLAMA_PROXY_KEY="k",
        XDG_DATA_HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr


@each("compose.yaml")
def test_a_compose_file_names_versions_limits_logs_and_starts_again(file: Path) -> None:
    for name, service in compose(file)["services"].items():
        assert not service["image"].endswith(":latest"), name
        assert service["restart"] == "unless-stopped", name
        assert service["logging"]["options"]["max-size"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name
        for network in service["networks"]:
            assert network in compose(file)["networks"], name
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source.startswith(("/", ".")) or source in compose(file)["volumes"], name


def settings_in(values: Iterable[str]) -> list[str]:
    ours = ("AICHATDESK_", "LLM_", "EMBEDDING_", "ADMIN_")
    return [name for name in values if name.startswith(ours)]


def test_every_setting_in_the_files_is_one_that_the_desk_reads() -> None:
    service = compose(DESK / "compose.yaml")["services"]["desk"]["environment"]
    unit = re.findall(r"^Environment=(\w+)=", (DESK / "aichatdesk.service").read_text(), re.MULTILINE)
    image = re.findall(r"\b(AICHATDESK_\w+)=", (DESK / "Dockerfile").read_text())
    written = [name for file in DEPLOY.rglob("*.env") for name in dotenv_values(file)]
    named_there = settings_in([*service, *unit, *image, *written])
    assert len(named_there) > 20
    assert set(named_there) - set(known_names()) == set()


def test_the_desks_settings_are_refused_line_by_line_until_they_are_filled_in(tmp_path: Path) -> None:
    text = (DESK / "desk.env").read_text()
    with pytest.raises(ConfigurationProblems) as caught:
        load_settings({}, env_file=DESK / "desk.env")
    assert len(caught.value.problems) == len(re.findall(r"^(?!DESK_NAME)\w+=.*CHANGE_ME", text, re.MULTILINE))
    (tmp_path / "desk.env").write_text(text.replace("CHANGE_ME", "filled-in.example"))
    settings = load_settings({}, env_file=tmp_path / "desk.env")
    assert settings.server.trusted_proxies == ("127.0.0.1",)


def test_the_desk_believes_the_proxy_before_it_and_nobody_else() -> None:
    loaded = compose(DESK / "compose.yaml")
    desk, proxy = loaded["services"]["desk"], loaded["services"]["proxy"]
    address = proxy["networks"]["inside"]["ipv4_address"]
    assert desk["environment"]["AICHATDESK_TRUSTED_PROXIES"] == address
    assert proxy["environment"]["DESK_UPSTREAM"] == f"{desk['networks']['inside']['ipv4_address']}:8005"
    assert "ports" not in desk
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in (DESK / "nginx.conf").read_text()


def test_the_container_runs_as_nobody_special_and_writes_to_its_data_alone() -> None:
    desk = compose(DESK / "compose.yaml")["services"]["desk"]
    text = (DESK / "Dockerfile").read_text()
    user = re.findall(r"^USER (.+)$", text, re.MULTILINE)
    assert user == [desk["user"]]
    assert not user[0].startswith("0")
    assert desk["read_only"]
    assert desk["cap_drop"] == ["ALL"]
    assert "--require-hashes" in text
    assert "HEALTHCHECK" in text
    assert "://" not in text.replace("http://127.0.0.1:8005/health", "")


async def test_the_health_check_of_the_image_is_one_that_a_running_desk_passes(tmp_path: Path) -> None:
    written = re.search(
        r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", (DESK / "Dockerfile").read_text(), re.MULTILINE
    )
    assert written
    async with running_desk(tmp_path, "http://127.0.0.1:9") as desk:
        command = written[1].replace("http://127.0.0.1:8005", desk.base_url)
        done = await asyncio.to_thread(run, *json.loads(command))
    assert (done.returncode, done.stderr) == (0, "")
    assert (await asyncio.to_thread(run, *json.loads(command))).returncode == 1


def test_the_service_reaches_nobody_who_is_not_named() -> None:
    lines = (DESK / "aichatdesk.service").read_text().splitlines()
    assert "IPAddressDeny=any" in lines
    allowed = [line.partition("=")[2] for line in lines if line.startswith("IPAddressAllow=")]
    assert allowed == ["localhost", "192.0.2.20"]


@each("*")
def test_a_file_of_deploy_holds_no_secret(file: Path) -> None:
    if file.is_file():
        for name, value in re.findall(
            r"^(\w*(?:KEY|PASSWORD|SECRET)\w*)=(.*)$", file.read_text(), re.MULTILINE
        ):
            assert value == "CHANGE_ME", name
