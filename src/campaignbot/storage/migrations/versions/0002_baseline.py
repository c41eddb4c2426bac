"""All tables of the first version.

Until the first release there is this one migration, made from the tables themselves, with a new
number whenever they change (see `schema.RETIRED`); from then on each change of a table is a
migration of its own and this one is written out.
"""

from __future__ import annotations

from alembic import op

from campaignbot.storage.tables import metadata

revision = "0002"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
