"""The ids of updates already taken in.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "received",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("update", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "update", name="pk_received"),
    )
    op.create_index("ix_received_at", "received", ["at"])


def downgrade() -> None:
    op.drop_table("received")
