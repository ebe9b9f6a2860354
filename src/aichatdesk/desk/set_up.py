"""The first run of a desk: whoever has its setup code makes the first account."""

from functools import partial

from aichatdesk.core.errors import Conflict, Forbidden, Invalid
from aichatdesk.core.text import clean
from aichatdesk.desk import repository
from aichatdesk.desk.create_agent import store_admin
from aichatdesk.desk.desk_settings import save_settings
from aichatdesk.desk.domain import Agent, checked_email, checked_name, checked_password
from aichatdesk.desk.log_in import arrive
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.setup_code import SetupCode
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Database, Transaction

_LONGEST_COMPANY = 100


class SetUpAlready(Conflict):
    """The desk has accounts."""

    def __init__(self) -> None:
        super().__init__("This desk is set up already; sign in instead.")


def needs_setup(tx: Transaction) -> bool:
    """Whether there is no account at all; a deactivated one is one."""
    return repository.count_agents(tx) == 0


async def set_up(
    database: Database,
    passwords: Passwords,
    setup_code: SetupCode,
    *,
    code: str,
    name: object,
    email: object,
    password: object,
    company: object = None,
) -> Agent:
    """Make the first account, an admin's that is signed in; of several people at once, one does.

    Raises:
        SetUpAlready: There are accounts.
        Forbidden: The code is wrong.
        Invalid: A field is missing or malformed.
    """
    await database.read(_require_empty)
    if not setup_code.is_right(code):
        raise Forbidden("The setup code is wrong; the desk prints it where it was started.")
    address, shown, secret = checked_email(email), checked_name(name), checked_password(password)
    company_name = _checked_company(company)
    hashed = await passwords.hash(secret)
    work = partial(_store, email=address, name=shown, hashed=hashed, company=company_name)
    return await database.write(work)


def _store(tx: Transaction, email: str, name: str, hashed: str, company: str) -> Agent:
    _require_empty(tx)
    admin = store_admin(tx, email=email, name=name, password_hash=hashed)
    if company:
        save_settings(tx, {"companyName": company})
    note(tx, admin.actor, Act.DESK_SET_UP, email, {"id": admin.id})
    return arrive(tx, admin)


def _require_empty(tx: Transaction) -> None:
    if not needs_setup(tx):
        raise SetUpAlready


def _checked_company(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_COMPANY:
        raise Invalid(
            f"companyName must be a text of at most {_LONGEST_COMPANY} characters.", field="companyName"
        )
    return clean(value).strip()
