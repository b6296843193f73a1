"""The inbox; it takes the place of the ids of updates already taken in.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("update", sa.String(100), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("reply", sa.JSON(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("twice", sa.Integer(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("channel", "update", name="uq_inbound_channel"),
    )
    op.create_index(
        "ix_inbound_open", "inbound", ["address", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_inbound_at", "inbound", ["at"])
    op.drop_table("received")


def downgrade() -> None:
    op.create_table(
        "received",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("update", sa.String(100), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "update", name="pk_received"),
    )
    op.create_index("ix_received_at", "received", ["at"])
    op.drop_table("inbound")
