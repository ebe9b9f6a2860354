"""The scripts that set up a Spark, run from end to end on a machine whose folders are layers above the real ones.

Docker, systemd, Ollama, Caddy and the GPU are stand-ins that note how they are called; what the scripts do to files is real.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDINS = ROOT / "tests" / "peers" / "spark_standins.sh"
PROGRAMS = "apt-get caddy curl docker ip nft nvidia-smi ollama systemctl".split()
LAYERS = """
for folder in etc var; do
    mkdir -p "$1/$folder" "$1/$folder.work"
    mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$1/$folder,workdir=$1/$folder.work" "/$folder"
done
shift
exec "$@"
"""
BOTH = pytest.mark.parametrize("engine", ["vllm", "ollama"])


def laying_layers(folder: str) -> tuple[str, ...]:
    return ("unshare", "--mount", "bash", "-euc", LAYERS, "layers", folder)


def can_lay_layers() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        return (
            subprocess.run([*laying_layers(folder), "true"], capture_output=True, check=False).returncode == 0
        )


pytestmark = pytest.mark.skipif(
    not can_lay_layers(), reason="layers above a machine's folders need root and namespaces"
)


class Spark:
    """A machine of its own: its `/etc` and `/var` are layers in `folder`."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.files = folder / "files of the Spark"
        shutil.copytree(ROOT / "deploy" / "spark" / engine, self.files)
        for name in ("bin", "state"):
            (folder / name).mkdir()
        for name in PROGRAMS:
            (folder / "bin" / name).symlink_to(STANDINS)
        self.said = ""

    def run(self, script: str, *words: str, refuses: str = "", as_user: tuple[str, ...] = ()) -> int:
        """The script's exit code; `said` is all that it printed."""
        (self.folder / "calls").write_text("")
        done = subprocess.run(
            [
                *(*laying_layers(str(self.folder)), *as_user),
                *("bash", str(self.files / script), *words),
            ],
            env={
                "PATH": f"{self.folder / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "CALLS": str(self.folder / "calls"),
                "STATE": str(self.folder / "state"),
                "REFUSES": refuses,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        self.said = done.stdout
        return done.returncode

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def has(self, path: str) -> Path:
        return self.folder / path.lstrip("/")

    def setting(self, name: str) -> str:
        text = self.has("/etc/aichatdesk/spark.env").read_text()
        return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)[0]


def place(calls: list[str], *words: str) -> int:
    """Where the first call with these words stands."""
    return next(number for number, call in enumerate(calls) if all(word in call for word in words))


@BOTH
def test_the_settings_are_private_and_a_second_run_changes_none_of_them(tmp_path: Path, engine: str):
    spark = Spark(tmp_path, engine)
    assert spark.run("commands.sh") == 0, spark.said
    settings = spark.has("/etc/aichatdesk/spark.env")
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert spark.setting("LISTEN_ADDRESS") == "192.0.2.20"
    before = settings.read_text()
    settings.chmod(0o644)
    assert spark.run("commands.sh") == 0, spark.said
    assert settings.read_text() == before
    if engine == "vllm":
        # What was downloaded before can be gone back to.
        assert spark.has("/var/lib/aichatdesk/revisions.txt").read_text().count("revision\n") == 2
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600


@pytest.mark.parametrize(("engine", "name"), [("vllm", "VLLM_API_KEY"), ("ollama", "OLLAMA_PROXY_KEY")])
def test_a_key_is_made_and_neither_printed_nor_put_on_a_command_line(tmp_path: Path, engine: str, name: str):
    spark = Spark(tmp_path, engine)
    for script in ("commands.sh", "tls.sh"):
        assert spark.run(script) == 0, spark.said
        key = spark.setting(name)
        if key != "CHANGE_ME":
            assert re.fullmatch("[0-9a-f]{64}", key)
            assert key not in spark.said
            assert not [call for call in spark.calls if key in call]
    assert key != "CHANGE_ME"
    assert spark.run("tls.sh") == 0, spark.said
    assert spark.setting(name) == key


@BOTH
def test_no_port_opens_before_the_firewall_is_up(tmp_path: Path, engine: str):
    spark = Spark(tmp_path, engine)
    assert spark.run("commands.sh") == 0, spark.said
    opens = {"vllm": ("start", "aichatdesk-embedding"), "ollama": ("restart", "ollama.service")}[engine]
    last = len(spark.calls) - 1 - place(spark.calls[::-1], *opens)
    assert place(spark.calls, "aichatdesk-firewall.service", "reload-or-restart") < last
    assert spark.has("/etc/aichatdesk/firewall.nft").read_text() == (spark.files / "firewall.nft").read_text()


def test_a_model_starts_only_when_the_other_has_taken_its_memory(tmp_path: Path):
    spark = Spark(tmp_path, "vllm")
    for _ in range(2):
        assert spark.run("commands.sh") == 0, spark.said
        calls = [call for call in spark.calls if re.search(r"(start|stop|--now) .*-(chat|embedding)", call)]
        assert calls[-2:] == [
            "systemctl start aichatdesk-embedding.service",
            "systemctl start aichatdesk-chat.service",
        ]
        assert calls[:-2] == [
            "systemctl disable --now aichatdesk-chat.service",
            "systemctl disable --now aichatdesk-embedding.service",
        ]


@pytest.mark.parametrize(("here", "there"), [("chat", "embedding"), ("embedding", "chat")])
def test_of_two_sparks_each_fetches_and_starts_its_own_model_alone(tmp_path: Path, here: str, there: str):
    spark = Spark(tmp_path, "vllm")
    # Once both were here.
    assert spark.run("commands.sh") == 0, spark.said
    assert spark.run("commands.sh", here) == 0, spark.said
    model = {"chat": "Qwen3-30B", "embedding": "nomic-embed-text"}
    fetched = [call for call in spark.calls if " download " in call]
    assert [call for call in fetched if model[here] in call]
    assert [call for call in fetched if model[there] in call] == []
    assert f"systemctl start aichatdesk-{here}.service" in spark.calls
    assert f"systemctl start aichatdesk-{there}.service" not in spark.calls
    enabled = {file.name for file in spark.has("state").iterdir()} - {"network"}
    assert enabled == {"aichatdesk-firewall.service", f"aichatdesk-{here}.service"}
    assert spark.run("tls.sh") == 0, spark.said
    assert f"systemctl start aichatdesk-{here}.service" in spark.calls
    assert f"systemctl start aichatdesk-{there}.service" not in spark.calls
    assert spark.run("commands.sh", "both of them") == 2


def test_a_download_that_fails_leaves_ollama_serving_as_before(tmp_path: Path):
    spark = Spark(tmp_path, "ollama")
    assert spark.run("commands.sh") == 0, spark.said
    drop_in = spark.has("/etc/systemd/system/ollama.service.d/aichatdesk.conf")
    before = drop_in.read_text()
    assert "OLLAMA_HOST=192.0.2.20:11434" in before
    assert spark.run("commands.sh", refuses="ollama pull") != 0
    assert drop_in.read_text() == before
    assert spark.calls[-2:] == ["systemctl daemon-reload", "systemctl restart ollama.service"]
    assert spark.run("commands.sh") == 0, spark.said
    assert [file.name for file in drop_in.parent.iterdir()] == [drop_in.name]


@BOTH
def test_behind_tls_the_models_listen_to_the_machine_alone_and_go_on_doing_so(tmp_path: Path, engine: str):
    spark = Spark(tmp_path, engine)
    own = spark.has("/etc/caddy/Caddyfile")
    own.parent.mkdir(parents=True)
    own.write_text("shop.example {\n}\n")
    for script in ("commands.sh", "tls.sh", "tls.sh", "commands.sh"):
        assert spark.run(script) == 0, spark.said
    assert spark.setting("LISTEN_ADDRESS") == "127.0.0.1"
    assert "bind 192.0.2.20" in own.read_text()
    assert own.with_name("Caddyfile.before").read_text() == "shop.example {\n}\n"
    if engine == "ollama":
        units = spark.has("/etc/systemd/system")
        assert "OLLAMA_HOST=127.0.0.1:11434" in (units / "ollama.service.d/aichatdesk.conf").read_text()
        starts = re.findall(
            r"^ExecStart=(.*)$", (units / "caddy.service.d/aichatdesk.conf").read_text(), re.M
        )
        # The package's own line writes the environment, in which the key is, to the journal.
        assert starts[0] == ""
        assert "--environ" not in starts[1]


@BOTH
@pytest.mark.parametrize("script", ["commands.sh", "tls.sh"])
def test_who_is_not_root_is_told_so_before_anything_happens(tmp_path: Path, engine: str, script: str):
    spark = Spark(tmp_path, engine)
    nobody = ("unshare", "--user", "--map-user=65534")
    assert spark.run(script, as_user=nobody) == 1
    assert f"sudo bash {script}" in spark.said
    assert spark.calls == []
    assert not spark.has("/etc/aichatdesk").exists()
