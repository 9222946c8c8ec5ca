"""What is found in the log: statements, keys, subjects, marks; and the manifests of marks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of what was said."""
    op.create_table(
        "statement",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("keyid", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("logged_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn", sa.BigInteger),
        sa.Column("suspended", sa.BigInteger),
    )
    op.create_index("ix_statement_payload", "statement", ["payload"])
    op.create_index("ix_statement_keyid", "statement", ["keyid", "index"])
    op.create_index("ix_statement_kind", "statement", ["kind", "index"])
    op.create_table(
        "key",
        sa.Column("keyid", sa.LargeBinary, primary_key=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("registered", sa.BigInteger, nullable=False),
        sa.Column("suspended", sa.BigInteger),
    )
    op.create_table(
        "subject",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "mark",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("keyid", sa.LargeBinary, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("manifest_id", sa.String(200), nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_mark_code", "mark", ["code"])
    op.create_index("ix_mark_manifest_id", "mark", ["manifest_id"])
    op.create_index("ix_mark_keyid", "mark", ["keyid", "index"])
    op.create_table(
        "manifest",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
