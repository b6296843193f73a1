"""What the assistant says first: watched dossiers, outbox, ledger, wishes, clock.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ADDRESS = sa.String(200)
_CODE = sa.String(60)
_OPEN = sa.text("finished_at IS NULL")
_HELD = sa.text("lease_until IS NOT NULL")
_TABLES = (
    "spending",
    "web_mail",
    "tick",
    "channel_pace",
    "rating",
    "counter_task",
    "wishes",
    "gone",
    "delivery",
    "outbox",
    "portal_pace",
    "watch",
)


def upgrade() -> None:
    _watch()
    _outbox()
    _ledger()
    _people()
    _counter()
    _clock()


def _watch() -> None:
    op.create_table(
        "watch",
        sa.Column("code", _CODE, nullable=False),
        sa.Column("root", sa.String(3), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("paid", sa.Boolean(), nullable=True),
        sa.Column("checked_at", _MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_watch"),
    )
    op.create_index("ix_watch_root", "watch", ["root", "next_at", "code"])
    # Dossiers followed before there were reminders are looked at as soon as the clock runs.
    op.execute(
        sa.text(
            "INSERT INTO watch (code, root, next_at, since, failures) "
            "SELECT code, "
            # the older order of identifiers has the root at the end: 000.00.12.H45-200926-0001
            "CASE WHEN substr(code, 1, 1) <= '9' THEN substr(code, 11, 3) ELSE substr(code, 1, 3) END, "
            "MIN(since), MIN(since), 0 FROM followed GROUP BY code"
        )
    )

    op.create_table(
        "portal_pace",
        sa.Column("portal", sa.String(40), nullable=False),
        sa.Column("free_at", _MOMENT, nullable=False),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("portal", name="pk_portal_pace"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("subject", _CODE, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(80), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(8), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(80), nullable=True),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("address", "subject", "kind", "occasion", name="uq_outbox_address"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["channel", "lane", "due_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_outbox_lease_until", "outbox", ["lease_until"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_index("ix_outbox_address_finished", "outbox", ["address", "finished_at"])
    op.create_index("ix_outbox_subject", "outbox", ["subject", "state"])
    op.create_index("ix_outbox_check", "outbox", ["address", "check"])
    op.create_index("ix_outbox_finished_at", "outbox", ["finished_at"])


def _ledger() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(80), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_outbox", "delivery", ["outbox"])
    op.create_index("ix_delivery_at", "delivery", ["at"])


def _people() -> None:
    op.create_table(
        "gone",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_gone"),
    )
    op.create_table(
        "wishes",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("off", sa.JSON(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("until_minute", sa.Integer(), nullable=True),
        sa.Column("quiet_changes", sa.Boolean(), nullable=False),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_wishes"),
    )


def _counter() -> None:
    op.create_table(
        "counter_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", _CODE, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(80), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_counter_task"),
        sa.UniqueConstraint("subject", "kind", "occasion", name="uq_counter_task_subject"),
    )
    op.create_index("ix_counter_task_at", "counter_task", ["at"])
    op.create_table(
        "rating",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "code", name="pk_rating"),
    )
    op.create_index("ix_rating_at", "rating", ["at"])
    op.create_table(
        "web_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_web_mail"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_web_mail_address", "web_mail", ["address"])
    op.create_index("ix_web_mail_at", "web_mail", ["at"])


def _clock() -> None:
    op.create_table(
        "spending",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_spending"),
    )
    op.create_table(
        "channel_pace",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("free_at", _MOMENT, nullable=False),
        sa.Column("counted_at", _MOMENT, nullable=False),
        sa.Column("paused_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("channel", name="pk_channel_pace"),
    )
    op.create_table(
        "tick",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("well_at", _MOMENT, nullable=True),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tick"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
