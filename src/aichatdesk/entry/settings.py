"""Every setting, read once from the environment and `.env`; each problem becomes one clear line."""

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError

from aichatdesk.core.errors import Misconfigured
from aichatdesk.entry.check_models import contradictions_of_models, notices_of_models
from aichatdesk.entry.model_settings import (
    ChatSettings,
    ChosenModels,
    ClaudeSettings,
    EmbeddingSettings,
    OpenAISettings,
    choose_models,
)
from aichatdesk.entry.setting_kinds import Duration, Group, GuardedAddress, HttpAddress, Names

_OURS = ("AICHATDESK_", "LLM_", "EMBEDDING_")
# Others use these beginnings too; only a name that is all but one of ours is worth a word.
_CLOUDS = ("CLAUDE_", "OPENAI_")
_NEARLY = 0.9
_SHORTEST_SECRET = 32
_SHORTEST_PASSWORD = 8
# What stands in the files of `deploy/` wherever only the owner can know the value.
_PLACEHOLDER = "CHANGE_ME"
# Names that the old server's examples carried and that have no meaning here; said once, then ignored.
_RETIRED = {
    "MONGODB_URI": "data now lives in AICHATDESK_DATA_DIR",
    "NODE_ENV": "there is no development mode that would show stack traces to clients",
    "API_URL": "the server no longer calls itself",
    "ALLOWED_FILE_EXTENSIONS": "the old server never read it either",
    "WEBHOOK_URL": "the old server never read it either",
    "CHUNK_SIZE": "chunks are now sized in the embedding model's tokens",
    "CHUNK_OVERLAP": "chunks are now sized in the embedding model's tokens",
}


class ServerSettings(Group):
    """Where the server listens and keeps its data."""

    host: str = Field("127.0.0.1", validation_alias="AICHATDESK_HOST")
    port: int = Field(8005, ge=0, le=65_535, validation_alias="AICHATDESK_PORT")
    data_dir: Path = Field(Path("data"), validation_alias="AICHATDESK_DATA_DIR")
    public_url: HttpAddress = Field("", validation_alias="AICHATDESK_PUBLIC_URL")
    cors_origins: Names = Field((), validation_alias="AICHATDESK_CORS_ORIGIN")
    trusted_proxies: Names = Field((), validation_alias="AICHATDESK_TRUSTED_PROXIES")
    country_header: str = Field("", pattern=r"^$|^[A-Za-z0-9-]{1,64}$", validation_alias="COUNTRY_HEADER")
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", validation_alias="AICHATDESK_LOG_LEVEL"
    )
    rate_limit_window_ms: int = Field(900_000, gt=0, validation_alias="RATE_LIMIT_WINDOW_MS")
    rate_limit_max_requests: int = Field(1000, gt=0, validation_alias="RATE_LIMIT_MAX_REQUESTS")
    max_file_size: int = Field(10_485_760, gt=0, validation_alias="MAX_FILE_SIZE")
    test_pages_path: str = Field("", validation_alias="TEST_PAGES_PATH")
    database_url: str = Field("", validation_alias="DATABASE_URL")
    ca_file: str = Field("", validation_alias="AICHATDESK_CA_FILE")


class AccountSettings(Group):
    """Sign-in: the first admin and the life of a token."""

    jwt_secret: SecretStr = Field(SecretStr(""), validation_alias="JWT_SECRET")
    jwt_expires_in: Duration = Field(timedelta(hours=24), validation_alias="JWT_EXPIRES_IN")
    admin_email: str = Field("", validation_alias="ADMIN_EMAIL")
    admin_password: SecretStr = Field(SecretStr(""), validation_alias="ADMIN_PASSWORD")


class MailSettings(Group):
    """Mail through SendGrid's API; off while there is no key."""

    api_key: SecretStr = Field(SecretStr(""), validation_alias="SENDGRID_API_KEY")
    from_email: str = Field("", validation_alias="SENDGRID_FROM_EMAIL")
    from_name: str = Field("AIChatDesk", validation_alias="SENDGRID_FROM_NAME")
    staff_email: str = Field("", validation_alias="SENDGRID_TO_EMAIL")
    base_url: HttpAddress = Field("https://api.sendgrid.com", validation_alias="SENDGRID_BASE_URL")


class CalendarSettings(Group):
    """A calendar through Microsoft Graph; off unless all three of the credentials are there."""

    client_id: str = Field("", validation_alias="MICROSOFT_GRAPH_CLIENT_ID")
    client_secret: SecretStr = Field(SecretStr(""), validation_alias="MICROSOFT_GRAPH_CLIENT_SECRET")
    tenant_id: str = Field("", validation_alias="MICROSOFT_GRAPH_TENANT_ID")
    calendar_email: str = Field("", validation_alias="OFFICE365_CALENDAR_EMAIL")
    base_url: HttpAddress = Field("https://graph.microsoft.com", validation_alias="MICROSOFT_GRAPH_BASE_URL")
    authority: HttpAddress = Field(
        "https://login.microsoftonline.com", validation_alias="MICROSOFT_GRAPH_AUTHORITY"
    )


class TeamsSettings(Group):
    """A Microsoft Teams bot that people at the desk may answer through; off unless id and password are there."""

    app_id: str = Field("", validation_alias="MICROSOFT_APP_ID")
    app_password: SecretStr = Field(SecretStr(""), validation_alias="MICROSOFT_APP_PASSWORD")
    channel_id: str = Field("", validation_alias="TEAMS_CHANNEL_ID")
    service_url: GuardedAddress = Field(
        "https://smba.trafficmanager.net/teams", validation_alias="TEAMS_SERVICE_URL"
    )
    metadata_url: GuardedAddress = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="TEAMS_OPENID_METADATA_URL",
    )
    token_url: GuardedAddress = Field(
        "https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token",
        validation_alias="TEAMS_TOKEN_URL",
    )


class TicketSettings(Group):
    """Issues on GitHub for chats that are bugs, wishes or questions; off unless both are there."""

    repository: str = Field("", pattern=r"^$|^[\w.-]+/[\w.-]+$", validation_alias="GITHUB_REPO")
    token: SecretStr = Field(SecretStr(""), validation_alias="GITHUB_TOKEN")
    base_url: HttpAddress = Field("https://api.github.com", validation_alias="GITHUB_BASE_URL")


class WidgetSettings(Group):
    """What the pages that embed the widget share with the desk."""

    identity_secret: SecretStr = Field(SecretStr(""), validation_alias="WIDGET_IDENTITY_SECRET")


_GROUPS: tuple[type[Group], ...] = (
    ServerSettings,
    ChatSettings,
    EmbeddingSettings,
    ClaudeSettings,
    OpenAISettings,
    AccountSettings,
    MailSettings,
    CalendarSettings,
    TeamsSettings,
    TicketSettings,
    WidgetSettings,
)


@dataclass(frozen=True)
class Settings:
    """All groups; what is worth telling the owner once; and the names that were given a value.

    `chat` and `embedding` are those of the live models, whichever names they were given by.
    """

    server: ServerSettings
    chat: ChatSettings
    embedding: EmbeddingSettings
    claude: ClaudeSettings
    openai: OpenAISettings
    account: AccountSettings
    mail: MailSettings
    calendar: CalendarSettings
    teams: TeamsSettings
    tickets: TicketSettings
    widget: WidgetSettings
    chosen: ChosenModels
    notices: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


class ConfigurationProblems(Misconfigured):
    """One line for each setting that is wrong."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load_settings(
    environ: Mapping[str, str] | None = None,
    *,
    env_file: Path = Path(".env"),
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """Read the environment over `.env`; `overrides` (by variable name) win over both.

    Raises:
        ConfigurationProblems: Any setting is wrong; all of them are listed.
    """
    found = {name: value for name, value in dotenv_values(env_file).items() if value}
    found |= {name: value for name, value in (os.environ if environ is None else environ).items() if value}
    given = found | {name: value for name, value in (overrides or {}).items() if value is not None}
    unfilled = [name for name in known_names() if _PLACEHOLDER in str(given.get(name, ""))]
    problems = _misspelt(found) + [
        f"{name} still holds the placeholder {_PLACEHOLDER}; put your own value there." for name in unfilled
    ]
    groups: dict[type[Group], Group] = {}
    for group in _GROUPS:
        names = [name for name in _names(group) if name not in unfilled]
        try:
            groups[group] = group.model_validate({name: given[name] for name in names if name in given})
        except ValidationError as error:
            problems += _lines(error)
    problems = problems or _contradictions(given)
    if problems:
        raise ConfigurationProblems(problems)
    server, chat, embedding, claude, openai, account, mail, calendar, teams, tickets, widget = (
        groups[group] for group in _GROUPS
    )
    chosen = choose_models(
        cast("ChatSettings", chat),
        cast("EmbeddingSettings", embedding),
        cast("ClaudeSettings", claude),
        cast("OpenAISettings", openai),
    )
    retired = [f"{name} is no longer used: {why}." for name, why in _RETIRED.items() if name in found]
    return Settings(
        server=cast("ServerSettings", server),
        chat=chosen.chat,
        embedding=chosen.embedding,
        claude=cast("ClaudeSettings", claude),
        openai=cast("OpenAISettings", openai),
        account=cast("AccountSettings", account),
        mail=cast("MailSettings", mail),
        calendar=cast("CalendarSettings", calendar),
        teams=cast("TeamsSettings", teams),
        tickets=cast("TicketSettings", tickets),
        widget=cast("WidgetSettings", widget),
        chosen=chosen,
        notices=(*retired, *_nearly_ours(found), *notices_of_models(chosen, given)),
        given=frozenset(given),
    )


def known_names() -> list[str]:
    """Every environment variable that means something here, group by group."""
    return [name for group in _GROUPS for name in _names(group)]


def _names(group: type[Group]) -> list[str]:
    names: list[str] = []
    for field in group.model_fields.values():
        alias = field.validation_alias
        names += (
            [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]
        )
    return names


def _misspelt(found: Iterable[str]) -> list[str]:
    known = known_names()
    problems = []
    for name in found:
        if name.startswith(_OURS) and name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"did you mean {nearest[0]}?" if nearest else "remove it."
            problems.append(f"{name} is not a setting; {hint}")
    return problems


def _nearly_ours(found: Iterable[str]) -> list[str]:
    known = known_names()
    notices = []
    for name in found:
        if name.startswith(_CLOUDS) and name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=_NEARLY)
            notices += [f"{name} is not a setting and is ignored; did you mean {one}?" for one in nearest]
    return notices


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0])
        lines.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}.")
    return lines


def _contradictions(given: Mapping[str, object]) -> list[str]:
    problems = contradictions_of_models(given)
    if given.get("DATABASE_URL"):
        problems.append(
            "DATABASE_URL is not supported by this release; remove it to use SQLite in the data folder."
        )
    secret = str(given.get("JWT_SECRET", ""))
    if secret and len(secret.encode()) < _SHORTEST_SECRET:
        problems.append(
            f"JWT_SECRET is too short: give at least {_SHORTEST_SECRET} bytes, or leave it out to have one made."
        )
    shared = str(given.get("WIDGET_IDENTITY_SECRET", ""))
    if shared and len(shared.encode()) < _SHORTEST_SECRET:
        problems.append(f"WIDGET_IDENTITY_SECRET is too short: give at least {_SHORTEST_SECRET} bytes.")
    if bool(given.get("ADMIN_EMAIL")) != bool(given.get("ADMIN_PASSWORD")):
        problems.append("ADMIN_EMAIL and ADMIN_PASSWORD go together; set both or neither.")
    problems += _half_configured(given)
    if given.get("COUNTRY_HEADER") and not given.get("AICHATDESK_TRUSTED_PROXIES"):
        problems.append("COUNTRY_HEADER needs AICHATDESK_TRUSTED_PROXIES: only a proxy's word is believed.")
    if len(str(given.get("ADMIN_PASSWORD", "12345678"))) < _SHORTEST_PASSWORD:
        problems.append(f"ADMIN_PASSWORD is too short: at least {_SHORTEST_PASSWORD} characters.")
    return problems


# What belongs together: with some of these and without the others a service cannot work.
_TOGETHER = {
    "SENDGRID_API_KEY": ("SENDGRID_FROM_EMAIL",),
    "MICROSOFT_GRAPH_CLIENT_ID": ("MICROSOFT_GRAPH_CLIENT_SECRET", "MICROSOFT_GRAPH_TENANT_ID"),
    "MICROSOFT_GRAPH_CLIENT_SECRET": ("MICROSOFT_GRAPH_CLIENT_ID", "MICROSOFT_GRAPH_TENANT_ID"),
    "MICROSOFT_APP_ID": ("MICROSOFT_APP_PASSWORD",),
    "MICROSOFT_APP_PASSWORD": ("MICROSOFT_APP_ID",),
    "GITHUB_TOKEN": ("GITHUB_REPO",),
    "GITHUB_REPO": ("GITHUB_TOKEN",),
}


def _half_configured(given: Mapping[str, object]) -> list[str]:
    return [
        f"{name} needs {other} too; set it, or remove {name}."
        for name, others in _TOGETHER.items()
        for other in others
        if given.get(name) and not given.get(other)
    ]
