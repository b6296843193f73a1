"""Conversations handed to people.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ADDRESS = sa.String(200)
_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(10), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=True),
        sa.Column("dossier", sa.String(60), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("ended", sa.String(10), nullable=True),
        sa.Column("last_said_at", _MOMENT, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_talk"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_talk_address", "talk", ["address"])
    op.create_index("ix_talk_closed_at", "talk", ["closed_at"])
    _of_open("uq_talk_open", ["address"], unique=True)
    _of_open("ix_talk_waiting", ["state", "office", "since"])
    _of_open("ix_talk_holder", ["claimed_by"])
    _lines()


def _of_open(name: str, columns: list[str], *, unique: bool = False) -> None:
    op.create_index(name, "talk", columns, unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN)


def _lines() -> None:
    op.create_table(
        "talk_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(160), nullable=True),
        sa.Column("delivery", sa.String(10), nullable=True),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("mail", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_talk_line"),
        sa.UniqueConstraint("talk", "ref", name="uq_talk_line_talk"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_talk_line_talk", "talk_line", ["talk", "id"])
    op.create_index("ix_talk_line_mail", "talk_line", ["mail"])
    op.create_table(
        "talk_prelude",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_talk_prelude"),
    )
    op.create_index("ix_talk_prelude_updated_at", "talk_prelude", ["updated_at"])
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canned_reply"),
    )
    op.create_index("ix_canned_reply_office", "canned_reply", ["office"])


def downgrade() -> None:
    for table in ("canned_reply", "talk_prelude", "talk_line", "talk"):
        op.drop_table(table)
