"""Which models are live, kept or missing, whichever names they were given by."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aichatdesk.core.errors import Misconfigured
from aichatdesk.entry.cli.main import app
from aichatdesk.entry.settings import ConfigurationProblems, Settings, load_settings
from aichatdesk.entry.wire_models import open_models, require_models

NOWHERE = Path("/nonexistent/.env")
SPARK = {"LLM_BASE_URL": "http://spark:8000/v1", "LLM_MODEL": "gpt-oss-120b"}
VECTORS = {"EMBEDDING_BASE_URL": "http://spark:8001/v1", "EMBEDDING_MODEL": "nomic-embed-text"}
CLAUDE, OPENAI = {"CLAUDE_API_KEY": "sk-ant-1"}, {"OPENAI_API_KEY": "sk-2"}
OF_CLAUDE = ("anthropic", "claude-sonnet-4-5-20250929", "https://api.anthropic.com", "sk-ant-1")
OF_OPENAI = ("openai", "text-embedding-3-small", "https://api.openai.com/v1", "sk-2")
OF_SPARK = ("", "gpt-oss-120b", "http://spark:8000/v1", "")
OF_VECTORS = ("", "nomic-embed-text", "http://spark:8001/v1", "")


def loaded(environ: dict[str, str]) -> Settings:
    return load_settings(environ, env_file=NOWHERE)


def told(one) -> tuple[str, str, str, str] | None:
    return one and (one.provider, one.model, one.base_url, one.api_key.get_secret_value())


@pytest.mark.parametrize(
    ("environ", "chat", "embedding", "kept_chat", "kept_embedding"),
    [
        (CLAUDE | OPENAI, OF_CLAUDE, OF_OPENAI, None, None),
        (SPARK | VECTORS, OF_SPARK, OF_VECTORS, None, None),
        (SPARK | VECTORS | CLAUDE | OPENAI, OF_SPARK, OF_VECTORS, OF_CLAUDE, OF_OPENAI),
        (SPARK | OPENAI, OF_SPARK, OF_OPENAI, None, None),
        (SPARK | CLAUDE | OPENAI, OF_SPARK, OF_OPENAI, OF_CLAUDE, None),
        (CLAUDE | VECTORS, OF_CLAUDE, OF_VECTORS, None, None),
        (
            {"LLM_PROVIDER": "openai", "LLM_MODEL": "gpt-4.1", "EMBEDDING_PROVIDER": "openai"} | OPENAI,
            ("openai", "gpt-4.1", "https://api.openai.com/v1", "sk-2"),
            OF_OPENAI,
            None,
            None,
        ),
        (
            {"LLM_BASE_URL": "https://eu.api.openai.com/v1", "LLM_MODEL": "gpt-5", "LLM_API_KEY": "k"}
            | VECTORS,
            ("openai", "gpt-5", "https://eu.api.openai.com/v1", "k"),
            OF_VECTORS,
            None,
            None,
        ),
        (
            {"LLM_PROVIDER": "Claude", "LLM_API_KEY": "sk-other"} | CLAUDE | OPENAI,
            ("Claude", "claude-sonnet-4-5-20250929", "https://api.anthropic.com", "sk-other"),
            OF_OPENAI,
            None,
            None,
        ),
    ],
    ids=[
        *("cloud", "spark", "spark, cloud kept", "chat here", "chat here, claude kept", "vectors here"),
        *("openai by provider", "openai by address", "claude by provider"),
    ],
)
def test_a_server_that_is_named_here_is_live_before_any_cloud(
    environ: dict[str, str], chat, embedding, kept_chat, kept_embedding
):
    settings = loaded(environ)
    require_models(settings)
    chosen = settings.chosen
    assert (told(settings.chat), told(settings.embedding)) == (chat, embedding)
    assert (told(chosen.kept_chat), told(chosen.kept_embedding)) == (kept_chat, kept_embedding)
    kept = [notice for notice in settings.notices if "is kept" in notice]
    assert len(kept) == (kept_chat is not None) + (kept_embedding is not None)
    assert not any("sk-" in notice for notice in settings.notices)


def test_the_older_names_for_limits_and_addresses_are_read():
    settings = loaded(
        {
            **CLAUDE,
            **OPENAI,
            "CLAUDE_MODEL": "claude-haiku-4-5",
            "CLAUDE_MAX_TOKENS": "300",
            "CLAUDE_CONFIDENCE_THRESHOLD": "0.6",
            "ANTHROPIC_BASE_URL": "https://gateway.example/anthropic/",
            "OPENAI_EMBEDDING_MODEL": "text-embedding-3-large",
            "OPENAI_BASE_URL": "https://gateway.example/openai/v1",
            "EMBEDDING_DIMENSIONS": "1024",
        }
    )
    chat, embedding = settings.chat, settings.embedding
    assert (chat.model, chat.max_tokens, chat.confidence_threshold) == ("claude-haiku-4-5", 300, 0.6)
    assert chat.base_url == "https://gateway.example/anthropic"
    assert (embedding.model, embedding.dimensions) == ("text-embedding-3-large", 1024)


def test_a_width_belongs_to_the_live_model_and_not_to_the_kept_one():
    settings = loaded(SPARK | VECTORS | OPENAI | {"EMBEDDING_DIMENSIONS": "768"})
    kept = settings.chosen.kept_embedding
    assert (settings.embedding.dimensions, kept and kept.dimensions) == (768, None)


def test_what_leaves_the_building_is_said():
    notices = loaded(CLAUDE | VECTORS).notices
    assert len(notices) == 1
    assert "sent to claude-sonnet-4-5-20250929 at https://api.anthropic.com" in notices[0]
    assert loaded(SPARK | VECTORS).notices == ()


@pytest.mark.parametrize(
    ("environ", "lines"),
    [
        ({}, ["LLM_BASE_URL is missing", "EMBEDDING_BASE_URL is missing"]),
        (CLAUDE, ["EMBEDDING_BASE_URL is missing.*Anthropic has no embedding models; with OPENAI_API_KEY"]),
        (OPENAI, ["LLM_BASE_URL is missing.*LLM_PROVIDER=openai"]),
        (VECTORS | {"CLAUDE_MODEL": "x"}, ["LLM_BASE_URL is missing", "CLAUDE_API_KEY is missing"]),
        ({"LLM_PROVIDER": "anthropic"} | VECTORS, ["LLM_API_KEY is missing"]),
        ({"EMBEDDING_PROVIDER": "openai"} | SPARK, ["EMBEDDING_API_KEY is missing"]),
        (SPARK | OPENAI | {"EMBEDDING_DIMENSIONS": "2000"}, ["EMBEDDING_DIMENSIONS: .*1536"]),
    ],
    ids=range(7),
)
def test_what_is_missing_is_named(environ: dict[str, str], lines: list[str]):
    with pytest.raises(Misconfigured) as caught:
        require_models(loaded(environ))
    found = caught.value.message.splitlines()
    assert len(found) == len(lines)
    for line, pattern in zip(found, lines, strict=True):
        assert re.match(pattern, line)


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"CLAUDE_API_KEY": "sk-\nsecret"}, "CLAUDE_API_KEY: holds a space"),
        ({"OPENAI_API_KEY": "sk-sécret"}, "OPENAI_API_KEY: holds a space"),
        ({"CLAUDE_BASE_URL": "api.anthropic.com"}, "CLAUDE_BASE_URL: must be an http:// or https://"),
        ({"OPENAI_BASE_URL": "https://x/v1?key=1"}, "OPENAI_BASE_URL: must end before ?"),
        ({"LLM_BASE_URL": "http://x:99999/v1", "LLM_MODEL": "m"}, "LLM_BASE_URL: Port out of range"),
        ({"LLM_PROVIDER": "openai"} | OPENAI, "LLM_MODEL is missing"),
        ({"EMBEDDING_PROVIDER": "claude"}, "EMBEDDING_PROVIDER: Anthropic has no embedding models"),
        ({"LLM_PROVIDER": "vllm"} | CLAUDE, "LLM_BASE_URL is missing: say where the server is, or remove"),
        ({"EMBEDDING_API_KEY": "k"} | OPENAI, "EMBEDDING_BASE_URL is missing"),
        ({"CLAUDE_MAX_TOKENS": "2"}, "CLAUDE_MAX_TOKENS: "),
    ],
    ids=range(10),
)
def test_what_cannot_work_is_one_line_without_the_secret(environ: dict[str, str], line: str):
    with pytest.raises(ConfigurationProblems) as caught:
        loaded(environ)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(line)
    assert "cret" not in caught.value.message


def test_a_name_that_is_nearly_one_of_the_clouds_is_said_and_a_strangers_is_not():
    environ = SPARK | VECTORS | {"OPENAI_EMBEDING_MODEL": "x", "OPENAI_ORG_ID": "y", "CLAUDE_CODE_THEME": "z"}
    assert [notice.split()[0] for notice in loaded(environ).notices] == ["OPENAI_EMBEDING_MODEL"]
    misnamed = loaded(SPARK | VECTORS | {"LLM_PROVIDER": "antropic"}).notices
    assert len(misnamed) == 1
    assert "did you mean anthropic?" in misnamed[0]


def test_a_key_that_travels_in_the_open_is_said():
    notices = loaded(CLAUDE | OPENAI | {"CLAUDE_BASE_URL": "http://me:word@gateway:8080"}).notices
    assert [notice for notice in notices if notice.startswith("http://gateway:8080 is not encrypted")]
    assert not any("word" in notice for notice in notices)


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    environ = (
        CLAUDE
        | OPENAI
        | {"CLAUDE_BASE_URL": "http://me:word@gateway:8080", "LLM_BASE_URL": "", "LLM_API_KEY": ""}
    )
    done = CliRunner().invoke(app, ["config", "show", "--json"], env=environ)
    shown = json.loads(done.stdout)
    assert (shown["CLAUDE_API_KEY"], shown["OPENAI_API_KEY"], shown["LLM_API_KEY"]) == ("********",) * 3
    assert shown["LLM_BASE_URL"] == shown["CLAUDE_BASE_URL"] == "http://********@gateway:8080"
    assert not [secret for secret in ("sk-", "word@") if secret in done.output]


async def test_what_the_chat_server_can_do_is_kept_to_and_says_nothing_of_the_cloud_beside_it():
    environ = {
        "LLM_BASE_URL": "http://127.0.0.1:8000/v1",
        "LLM_MODEL": "gpt-oss-20b",
        "LLM_PROVIDER": "ollama",
        "LLM_CONCURRENCY": "3",
        "LLM_CONTEXT_TOKENS": "16384",
        "EMBEDDING_BASE_URL": "http://127.0.0.1:8001/v1",
        "EMBEDDING_MODEL": "nomic-embed-text",
        "CLAUDE_API_KEY": "sk-ant-something",
    }
    settings = load_settings(environ, env_file=Path("none"))
    async with open_models(settings) as models:
        profile = models.endpoints["chat"].profile
    assert (profile.name, profile.concurrency, profile.context_tokens) == ("ollama", 3, 16_384)
    assert settings.chosen.kept_chat is not None
    assert (settings.chosen.kept_chat.concurrency, settings.chosen.kept_chat.context_tokens) == (None, None)
