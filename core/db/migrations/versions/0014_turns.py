"""The log of turns, what became of dossiers after a reminder, and daily figures.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_MANY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ("figure_day", "dossier_move", "turn")


def upgrade() -> None:
    _turns()
    _moves()
    _figures()


def _turns() -> None:
    op.create_table(
        "turn",
        sa.Column("id", _MANY, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("phrase", sa.String(200), nullable=True),
        sa.Column("intent", sa.String(60), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("second", sa.String(60), nullable=True),
        sa.Column("margin", sa.Double(), nullable=True),
        sa.Column("procedures", sa.JSON(), nullable=True),
        sa.Column("procedure", sa.String(40), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
    )
    op.create_index("ix_turn_day", "turn", ["day", "id"])
    _partly("ix_turn_kept", ["day"], "text IS NOT NULL")
    _partly(
        "ix_turn_unanswered", ["day", "phrase", "who", "channel", "identifier", "id"], "phrase IS NOT NULL"
    )


def _partly(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "turn", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _moves() -> None:
    op.create_table(
        "dossier_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_move"),
        sa.UniqueConstraint("code", "kind", "since", name="uq_dossier_move_code"),
    )
    op.create_index("ix_dossier_move_at", "dossier_move", ["at"])


def _figures() -> None:
    op.create_table(
        "figure_day",
        sa.Column("measure", sa.String(30), nullable=False),
        sa.Column("office", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "office", "channel", "day", "key", name="pk_figure_day"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_day_day", "figure_day", ["day", "measure"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
