"""The host page's server: it knows its visitors and signs who they are."""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

SECRET = "shared-with-the-shop-0123456789abcdef"


def signed(*, secret: str = SECRET, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token that lives five minutes, unless the claims say otherwise; a claim of None is left out."""
    told = {"sub": "customer-7", "exp": int(time.time()) + 300} | claims
    told = {name: value for name, value in told.items() if value is not None}
    how = header or {"alg": "HS256"}
    return jwt.encode(how, told, OctKey.import_key(secret.encode()), algorithms=[how["alg"]])
