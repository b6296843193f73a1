"""Notices to many: subscribers, notices, their lists, recipients and files; what of the outbox is held back.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ADDRESS = sa.String(200)
_TABLES = (
    "broadcast_file",
    "broadcast_recipient",
    "broadcast_listed",
    "broadcast",
    "notice_subscriber",
    "outbox_hold",
)


def upgrade() -> None:
    _procedures()
    _followers()
    _outbox()
    _subscribers()
    _broadcasts()
    _recipients()


def _procedures() -> None:
    """Which procedure a followed dossier is of, from what was last seen of it."""
    op.add_column("watch", sa.Column("procedure", sa.String(40), nullable=False, server_default=""))
    code = "view ->> 'procedure_code'"
    if op.get_bind().dialect.name == "sqlite":
        code = "json_extract(view, '$.procedure_code')"
    seen = f"SELECT substr({code}, 1, 8) FROM dossier_snapshot AS s WHERE s.code = watch.code"  # noqa: S608
    op.execute(f"UPDATE watch SET procedure = COALESCE(({seen}), '')")  # noqa: S608 - two constants
    op.create_index("ix_watch_procedure", "watch", ["procedure"])
    op.create_index("ix_watch_status", "watch", ["status", "procedure", "code"])


def _followers() -> None:
    """The followers of many dossiers are read from the index alone."""
    op.drop_index("ix_followed_code", "followed")
    op.create_index("ix_followed_code", "followed", ["code", "address"])


def _outbox() -> None:
    """Counting what became of a hundred thousand messages reads the index alone."""
    op.drop_index("ix_outbox_subject", "outbox")
    op.create_index("ix_outbox_subject", "outbox", ["subject", "state", "channel", "reason"])
    op.create_table(
        "outbox_hold",
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_outbox_hold"),
    )


def _subscribers() -> None:
    op.create_table(
        "notice_subscriber",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("unit", sa.String(10), nullable=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_notice_subscriber"),
    )
    op.create_index("ix_notice_subscriber_unit", "notice_subscriber", ["unit"])


def _broadcasts() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("send_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(120), nullable=False),
        sa.Column("editor", sa.Integer(), nullable=False),
        sa.Column("approver", sa.Integer(), nullable=True),
        sa.Column("approver_name", sa.String(120), nullable=True),
        sa.Column("refused", sa.String(500), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("approved_at", _MOMENT, nullable=True),
        sa.Column("began_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("counted", sa.JSON(), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=True),
        sa.Column("cursor", _ADDRESS, nullable=False),
        sa.Column("expanded", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
    )
    for column in ("state", "office", "author", "created_at"):
        op.create_index(f"ix_broadcast_{column}", "broadcast", [column])


def _recipients() -> None:
    op.create_table(
        "broadcast_listed",
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("value", _ADDRESS, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("broadcast", "value", name="pk_broadcast_listed"),
    )
    op.create_table(
        "broadcast_recipient",
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("broadcast", "address", name="pk_broadcast_recipient"),
    )
    op.create_table(
        "broadcast_file",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("broadcast", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_broadcast_file"),
    )
    op.create_index("ix_broadcast_file_broadcast", "broadcast_file", ["broadcast"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_index("ix_outbox_subject", "outbox")
    op.create_index("ix_outbox_subject", "outbox", ["subject", "state"])
    op.drop_index("ix_followed_code", "followed")
    op.create_index("ix_followed_code", "followed", ["code"])
    op.drop_index("ix_watch_status", "watch")
    op.drop_index("ix_watch_procedure", "watch")
    op.drop_column("watch", "procedure")
