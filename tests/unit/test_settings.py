from datetime import timedelta
from pathlib import Path

import pytest

from aichatdesk.entry.settings import ConfigurationProblems, load_settings

NOWHERE = Path("/nonexistent/.env")


def test_the_environment_wins_over_the_env_file(tmp_path: Path):
    env_file = tmp_path / ".env"
    env_file.write_text("AICHATDESK_PORT=9001\nMAX_FILE_SIZE=5\n")
    settings = load_settings({"AICHATDESK_PORT": "9002"}, env_file=env_file)
    assert (settings.server.port, settings.server.max_file_size) == (9002, 5)


def test_an_option_of_the_command_wins_over_everything():
    settings = load_settings(
        {"AICHATDESK_PORT": "9002"}, env_file=NOWHERE, overrides={"AICHATDESK_PORT": 9003}
    )
    assert settings.server.port == 9003


@pytest.mark.parametrize(("text", "expected"), [("7d", 7 * 86400), ("24h", 86400), ("90", 90), ("15 m", 900)])
def test_token_life_is_read_as_the_old_server_read_it(text: str, expected: int):
    settings = load_settings({"JWT_EXPIRES_IN": text}, env_file=NOWHERE)
    assert settings.account.jwt_expires_in == timedelta(seconds=expected)


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"LLM_BASEURL": "http://x/v1"}, "LLM_BASEURL is not a setting; did you mean LLM_BASE_URL?"),
        ({"AICHATDESK_PROT": "1"}, "AICHATDESK_PROT is not a setting; did you mean AICHATDESK_PORT?"),
        ({"AICHATDESK_PORT": "many"}, "AICHATDESK_PORT: "),
        (
            {"TEAMS_TOKEN_URL": "http://sign-in.example/token"},
            "TEAMS_TOKEN_URL: must be an https:// address.",
        ),
        (
            {"LLM_BASE_URL": "spark:8000", "LLM_MODEL": "m"},
            "LLM_BASE_URL: must be an http:// or https:// address.",
        ),
        ({"LLM_BASE_URL": "http://spark/v1"}, "LLM_MODEL is missing"),
        ({"JWT_SECRET": "short"}, "JWT_SECRET is too short"),
        ({"ADMIN_EMAIL": "a@b.c"}, "ADMIN_EMAIL and ADMIN_PASSWORD go together"),
        ({"WIDGET_IDENTITY_SECRET": "short"}, "WIDGET_IDENTITY_SECRET is too short"),
        (
            {"ADMIN_EMAIL": "a@b.c", "ADMIN_PASSWORD": "CHANGE_ME"},
            "ADMIN_PASSWORD still holds the placeholder",
        ),
        ({"AICHATDESK_PUBLIC_URL": "https://CHANGE_ME"}, "AICHATDESK_PUBLIC_URL still holds the placeholder"),
        ({"EMBEDDING_DIMENSIONS": "CHANGE_ME"}, "EMBEDDING_DIMENSIONS still holds the placeholder"),
        ({"JWT_EXPIRES_IN": "soon"}, "JWT_EXPIRES_IN: must be a time such as 24h"),
        ({"LLM_CONFIDENCE_THRESHOLD": "7"}, "LLM_CONFIDENCE_THRESHOLD: "),
    ],
)
def test_each_wrong_setting_is_one_line_that_says_what_to_do(environ: dict[str, str], line: str):
    with pytest.raises(ConfigurationProblems) as caught:
        load_settings(environ, env_file=NOWHERE)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(line)


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigurationProblems) as caught:
        load_settings({"AICHATDESK_PORT": "x", "MAX_FILE_SIZE": "-1", "LLM_TYPO": "1"}, env_file=NOWHERE)
    assert len(caught.value.problems) == 3


def test_names_of_the_old_server_are_reported_once_and_names_of_others_are_ignored():
    settings = load_settings({"MONGODB_URI": "mongodb://x", "EDITOR": "vi"}, env_file=NOWHERE)
    assert len(settings.notices) == 1
    assert settings.notices[0].startswith("MONGODB_URI is no longer used")
