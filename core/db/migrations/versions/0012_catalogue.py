"""The catalogue as the console edits it: versions over the shipped files, and reports of errors.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _versions()
    _reports()


def _versions() -> None:
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(64), nullable=True),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(120), nullable=False),
        sa.Column("approver", sa.Integer(), nullable=True),
        sa.Column("approver_name", sa.String(120), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_procedure_version"),
        sa.UniqueConstraint("procedure", "number", name="uq_procedure_version_procedure"),
    )
    op.create_index("ix_procedure_version_state", "procedure_version", ["state", "procedure"])


def _reports() -> None:
    op.create_table(
        "procedure_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("procedure", sa.String(40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("resolver", sa.Integer(), nullable=True),
        sa.Column("resolver_name", sa.String(120), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_procedure_report"),
    )
    op.create_index("ix_procedure_report_at", "procedure_report", ["at"])
    op.create_index("ix_procedure_report_state", "procedure_report", ["state", "id"])
    op.create_index("ix_procedure_report_procedure", "procedure_report", ["procedure", "id"])


def downgrade() -> None:
    for table in ("procedure_report", "procedure_version"):
        op.drop_table(table)
