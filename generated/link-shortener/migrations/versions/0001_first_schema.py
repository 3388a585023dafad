"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates all tables."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "daily_totals",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("id", name="uq_daily_totals_id"),
        sa.UniqueConstraint("code", "day", name="uq_daily_totals_code_day"),
        sa.CheckConstraint(
            '"clicks" BETWEEN -9223372036854775808 AND 9223372036854775807', name="ck_daily_totals_clicks"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", text, nullable=False),
        sa.Column("password", text, nullable=False),
        sa.UniqueConstraint("id", name="uq_users_id"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "links",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_url", text, nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_links_owner_id", ondelete="RESTRICT"),
        sa.UniqueConstraint("id", name="uq_links_id"),
        sa.UniqueConstraint("code", name="uq_links_code"),
        sa.CheckConstraint('"clicks" BETWEEN -9223372036854775808 AND 9223372036854775807', name="ck_links_clicks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_links_owner_id", "links", ["owner_id"])
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
    op.create_table(
        "deliveries",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("handler", text, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
    op.create_table(
        "turns",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("job", text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("job", "due_at", name="uq_turns_job_due_at"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Removes all tables."""
    op.drop_table("turns")
    op.drop_table("deliveries")
    op.drop_table("links")
    op.drop_table("users")
    op.drop_table("daily_totals")
