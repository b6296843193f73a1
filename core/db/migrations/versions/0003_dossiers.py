"""Dossiers: portal sessions, snapshots, limits, proofs, delegations, lists, consents, audit.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ADDRESS = sa.String(200)
_CODE = sa.String(60)


def upgrade() -> None:
    with op.batch_alter_table("conversation") as conversation:
        conversation.add_column(sa.Column("dossier", _CODE, nullable=True))
        conversation.add_column(sa.Column("expecting", sa.String(100), nullable=True))
    _remembered()
    _rights()
    _lists()


def _remembered() -> None:
    op.create_table(
        "portal_session",
        sa.Column("portal", sa.String(40), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("portal", name="pk_portal_session"),
    )
    op.create_table(
        "dossier_snapshot",
        sa.Column("code", _CODE, nullable=False),
        sa.Column("view", sa.JSON(), nullable=True),
        sa.Column("proofs", sa.JSON(), nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_dossier_snapshot"),
    )
    op.create_index("ix_dossier_snapshot_fetched_at", "dossier_snapshot", ["fetched_at"])
    op.create_table(
        "counter",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_counter"),
    )
    op.create_index("ix_counter_started_at", "counter", ["started_at"])


def _rights() -> None:
    op.create_table(
        "proof",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "code", name="pk_proof"),
    )
    op.create_index("ix_proof_expires_at", "proof", ["expires_at"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("owner", _ADDRESS, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("redeem_by", _MOMENT, nullable=False),
        sa.Column("grantee", _ADDRESS, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sa.UniqueConstraint("token", name="uq_delegation_token"),
    )
    for column in ("code", "owner", "grantee", "expires_at"):
        op.create_index(f"ix_delegation_{column}", "delegation", [column])


def _lists() -> None:
    op.create_table(
        "followed",
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address", "code", name="pk_followed"),
    )
    op.create_index("ix_followed_code", "followed", ["code"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", _ADDRESS, nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("wording", sa.String(20), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_address", "consent", ["address"])
    op.create_table(
        "dossier_lookup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_lookup"),
    )
    for column in ("at", "who", "code"):
        op.create_index(f"ix_dossier_lookup_{column}", "dossier_lookup", [column])


def downgrade() -> None:
    for table in (
        "dossier_lookup",
        "consent",
        "followed",
        "delegation",
        "proof",
        "counter",
        "dossier_snapshot",
        "portal_session",
    ):
        op.drop_table(table)
    with op.batch_alter_table("conversation") as conversation:
        conversation.drop_column("expecting")
        conversation.drop_column("dossier")
