"""Tables of the people at the desk, workflow categories and settings."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from aichatdesk.platform.storage.schema import metadata

agents = Table(
    "agents",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("system_role", String(16), nullable=False),
    Column("roles", Text, nullable=False),
    Column("manager_id", String(24)),
    Column("status", String(16), nullable=False),
    Column("avatar", Text),
    Column("specialties", Text, nullable=False),
    Column("office365_email", Text, nullable=False),
    Column("teams_email", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    # A token carries this number; raising it ends all tokens that were given before.
    Column("token_version", Integer, nullable=False),
    Column("last_login", BigInteger),
    Column("last_seen", BigInteger),
    Column("last_assigned", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("email"),
)

categories = Table(
    "categories",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("name", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("sort_order", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_categories_active_sort_order", "active", "sort_order"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("icon", Text, nullable=False),
    Column("manager_id", String(24)),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("name"),
)

invite_links = Table(
    "invite_links",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("code", String(32), nullable=False),
    Column("label", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("manager_id", String(24)),
    # 0: as often as people like.
    Column("most_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("expires_at", BigInteger),
    Column("created_by", String(24), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("code"),
)

canned_responses = Table(
    "canned_responses",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("category", String(32)),
    Column("shortcut", String(20)),
    Column("uses", Integer, nullable=False),
    Column("created_by", String(24), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

desk_settings = Table(
    "desk_settings",
    metadata,
    Column("key", String(64), primary_key=True),
    # JSON.
    Column("value", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)
