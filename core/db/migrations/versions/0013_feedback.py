"""What people think: survey answers, complaints and proposals; and what the counter's page looks for.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ADDRESS = sa.String(200)
_SUBJECT = sa.String(60)
_UNTOLD = sa.text("told_at IS NULL AND answered_at IS NOT NULL")
_OPEN = sa.text("done_at IS NULL")
_TABLES = ("petition_number", "petition_step", "petition", "survey_answer", "survey")


def upgrade() -> None:
    _counter()
    _surveys()
    _petitions()


def _counter() -> None:
    """Ranges of codes by their bytes, whatever language the database sorts in."""
    bytewise = {"code": "text_pattern_ops"}
    columns = ["status", "code", "due_at", "paid", "since"]
    op.create_index("ix_watch_counter", "watch", columns, postgresql_ops=bytewise)
    op.create_index(
        "ix_counter_task_open", "counter_task", ["at", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.add_column("rating", sa.Column("office", sa.Integer(), nullable=True))
    op.create_index("ix_rating_office", "rating", ["office", "at"])


def _surveys() -> None:
    op.create_table(
        "survey",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("subject", _SUBJECT, nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "subject", name="pk_survey"),
    )
    op.create_index("ix_survey_at", "survey", ["at"])
    op.create_table(
        "survey_answer",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("subject", _SUBJECT, nullable=False),
        sa.Column("question", sa.String(20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "subject", "question", name="pk_survey_answer"),
    )
    op.create_index("ix_survey_answer_office", "survey_answer", ["office", "at"])
    op.create_index("ix_survey_answer_at", "survey_answer", ["at"])


def _petitions() -> None:
    op.create_table(
        "petition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=True),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(10), nullable=True),
        sa.Column("dossier", _SUBJECT, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_petition"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_petition_address", "petition", ["address", "at"])
    op.create_index("ix_petition_queue", "petition", ["state", "office", "due_at"])
    op.create_index(
        "ix_petition_untold", "petition", ["answered_at"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD
    )
    op.create_index("ix_petition_at", "petition", ["at"])
    op.create_index("ix_petition_closed_at", "petition", ["closed_at"])
    op.create_table(
        "petition_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("office", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_petition_step"),
    )
    op.create_index("ix_petition_step_petition", "petition_step", ["petition"])
    op.create_table(
        "petition_number",
        sa.Column("month", sa.String(4), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_petition_number"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_index("ix_rating_office", "rating")
    with op.batch_alter_table("rating") as rating:
        rating.drop_column("office")
    op.drop_index("ix_counter_task_open", "counter_task")
    op.drop_index("ix_watch_counter", "watch")
