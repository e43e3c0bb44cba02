"""Tokens name persons without a foreign key: SQLite read them all for each person removed.

Revision: 0018, after 0017.
"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('person_posting', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_person_posting_person_id_person'), type_='foreignkey')



def downgrade() -> None:
    with op.batch_alter_table('person_posting', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_person_posting_person_id_person'), 'person', ['person_id'], ['id'])

