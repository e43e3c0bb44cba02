"""Names of saved analyses are encrypted: people type freely.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PLACE = "saved_analysis.name"
SAVED = sa.table(
    "saved_analysis",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("sealed", sa.LargeBinary),
)


def upgrade() -> None:
    with op.batch_alter_table("saved_analysis") as batch_op:
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    # As statements for a reviewer it carries nothing over, and stops at the first name there is.
    if not context.is_offline_mode():
        bind, seal = op.get_bind(), context.config.attributes["seal"]
        for row in bind.execute(sa.select(SAVED.c.id, SAVED.c.name)).all():
            sealed = seal(row.name.encode(), PLACE)
            bind.execute(sa.update(SAVED).where(SAVED.c.id == row.id).values(sealed=sealed))
    with op.batch_alter_table("saved_analysis") as batch_op:
        batch_op.drop_column("name")
        batch_op.alter_column(
            "sealed", new_column_name="name", existing_type=sa.LargeBinary(), nullable=False
        )


def downgrade() -> None:
    with op.batch_alter_table("saved_analysis") as batch_op:
        batch_op.alter_column(
            "name", new_column_name="sealed", existing_type=sa.LargeBinary(), nullable=True
        )
    with op.batch_alter_table("saved_analysis") as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(60), nullable=True))
    if not context.is_offline_mode():
        bind, unseal = op.get_bind(), context.config.attributes["unseal"]
        for row in bind.execute(sa.select(SAVED.c.id, SAVED.c.sealed)).all():
            name = unseal(row.sealed, PLACE).decode()
            bind.execute(sa.update(SAVED).where(SAVED.c.id == row.id).values(name=name))
    with op.batch_alter_table("saved_analysis") as batch_op:
        batch_op.drop_column("sealed")
        batch_op.alter_column("name", existing_type=sa.String(60), nullable=False)
