"""Rotating tokens of channels; when somebody last wrote.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "channel_token",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("renewed_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("leased_by", sa.String(40), nullable=True),
        sa.Column("leased_until", _MOMENT, nullable=True),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_channel_token"),
    )
    op.create_table(
        "channel_interaction",
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("last_interaction", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_channel_interaction"),
    )
    op.create_index("ix_channel_interaction_last_interaction", "channel_interaction", ["last_interaction"])


def downgrade() -> None:
    op.drop_table("channel_interaction")
    op.drop_table("channel_token")
