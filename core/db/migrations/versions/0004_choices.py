"""What people chose when asked back.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation") as conversation:
        conversation.add_column(sa.Column("question", sa.String(200), nullable=True))
    op.create_table(
        "search_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("phrase", sa.String(200), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_search_choice"),
    )
    op.create_index("ix_search_choice_at", "search_choice", ["at"])


def downgrade() -> None:
    op.drop_table("search_choice")
    with op.batch_alter_table("conversation") as conversation:
        conversation.drop_column("question")
