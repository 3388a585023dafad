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
        "todos",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", text, nullable=False),
        sa.UniqueConstraint("id", name="uq_todos_id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Removes all tables."""
    op.drop_table("todos")
