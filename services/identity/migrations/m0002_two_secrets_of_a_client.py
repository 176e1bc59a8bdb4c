"""A client may have two secrets that hold: the one it had is the first of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "identity_live_secrets",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("client", "id"),
    )
    op.execute("INSERT INTO identity_live_secrets (client, id, digest) SELECT client, id, digest FROM identity_client_secrets")
    op.drop_table("identity_client_secrets")
