"""Drafts, and who uploaded which file of evidence.

Made where they are not there yet: so a database from before there were migrations goes on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "registration_drafts",
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("begun_with", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("changed", sa.String(), nullable=False),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("draft"),
        if_not_exists=True,
    )
    op.create_index("ix_registration_drafts_edition", "registration_drafts", ["edition"], if_not_exists=True)
    op.create_table(
        "registration_evidence_uploads",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploader", sa.String(), nullable=False),
        sa.Column("uploaded", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "uploader"),
        if_not_exists=True,
    )
