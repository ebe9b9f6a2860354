"""When people at the desk were last there, and when they were last given a chat."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agents") as agents:
        agents.add_column(sa.Column("last_seen", sa.BigInteger))
        agents.add_column(sa.Column("last_assigned", sa.BigInteger))


def downgrade() -> None:
    with op.batch_alter_table("agents") as agents:
        agents.drop_column("last_assigned")
        agents.drop_column("last_seen")
