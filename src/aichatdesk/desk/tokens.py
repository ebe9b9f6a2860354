"""The tokens that people at the desk carry: signed, short of life, and checked against the account."""

import os
import secrets
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from aichatdesk.core.access import Actor
from aichatdesk.core.errors import SessionEnded, Unauthenticated
from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent, AgentNotFound
from aichatdesk.desk.presence import Attendance
from aichatdesk.platform.storage.database import Database

_ALGORITHM = "HS256"
_LEEWAY = 30
_SECRET_FILE = "jwt-secret"  # noqa: S105 - the file's name


class Tokens:
    """Makes tokens and tells whose they are; implements `Authenticator`."""

    def __init__(
        self, database: Database, secret: str, life: timedelta, attendance: Attendance | None = None
    ) -> None:
        self._database = database
        self._attendance = attendance
        self._key = OctKey.import_key(secret.encode())
        self._life = life
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY, exp={"essential": True}, agentId={"essential": True}
        )

    @property
    def life(self) -> timedelta:
        """How long a token lasts."""
        return self._life

    def issue(self, agent: Agent) -> str:
        """A token with the old server's claims, and the number that ends it early."""
        now = int(time.time())
        claims = {
            "agentId": agent.id,
            "email": agent.email,
            "role": agent.role.value,
            "systemRole": agent.role.value,
            "iat": now,
            "exp": now + int(self._life.total_seconds()),
            "ver": agent.token_version,
        }
        return jwt.encode({"alg": _ALGORITHM}, claims, self._key)

    async def authenticate(self, token: str) -> Actor:
        """Whose token this is, as the account stands now.

        Raises:
            Unauthenticated: It is forged.
            SessionEnded: It is expired, or was ended.
        """
        try:
            decoded = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            self._claims.validate(decoded.claims)
        except ExpiredTokenError as error:
            raise SessionEnded("Token expired") from error
        except (JoseError, ValueError) as error:
            raise Unauthenticated("Invalid token") from error
        agent_id = AgentId(str(decoded.claims["agentId"]))
        try:
            agent = await self._database.read(partial(repository.agent_by_id, agent_id=agent_id))
        except AgentNotFound as error:
            raise Unauthenticated("Invalid token") from error
        if not agent.active or decoded.claims.get("ver") != agent.token_version:
            raise SessionEnded("Invalid token")
        if self._attendance:
            self._attendance.seen(agent.id)
        return agent.actor


def own_secret(data_dir: Path) -> str:
    """The signing secret kept in the data folder; 256 random bits, made at first use, mode 0600."""
    path = data_dir / _SECRET_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
