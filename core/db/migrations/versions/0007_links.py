"""Links between the addresses of one person; something to tell at the next message.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_link",
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_person_link"),
    )
    op.create_index("ix_person_link_person", "person_link", ["person"])
    op.create_table(
        "link_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("claimant", sa.String(200), nullable=True),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_link_code"),
        sa.UniqueConstraint("token", name="uq_link_code_token"),
    )
    for column in ("address", "claimant", "expires_at"):
        op.create_index(f"ix_link_code_{column}", "link_code", [column])
    op.create_table(
        "person_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("other", sa.String(64), nullable=True),
        sa.Column("other_channel", sa.String(20), nullable=True),
        sa.Column("event", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person_event"),
    )
    op.create_index("ix_person_event_at", "person_event", ["at"])
    op.create_index("ix_person_event_who", "person_event", ["who"])
    with op.batch_alter_table("conversation") as table:
        table.add_column(sa.Column("notice", sa.String(60), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conversation") as table:
        table.drop_column("notice")
    op.drop_table("person_event")
    op.drop_table("link_code")
    op.drop_table("person_link")
