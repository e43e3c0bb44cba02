"""Variants, populations; what files, plans, schedules and findings keep besides.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('variant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('disease_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('label_ja', sa.String(length=60), nullable=False),
    sa.Column('label_en', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('used_from', sa.Date(), nullable=True),
    sa.Column('used_to', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['disease_id'], ['disease.id'], name=op.f('fk_variant_disease_id_disease')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variant')),
    sa.UniqueConstraint('disease_id', 'code', name=op.f('uq_variant_disease_id_code')),
    sqlite_autoincrement=True
    )
    op.create_table('municipality_population',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sa.String(length=5), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('origin', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_municipality_population_municipality_code_municipality')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipality_population')),
    sa.UniqueConstraint('municipality_code', name=op.f('uq_municipality_population_municipality_code')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('bed_plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sources', sa.LargeBinary(), nullable=True))

    with op.batch_alter_table('case_record', schema=None) as batch_op:
        batch_op.add_column(sa.Column('variant_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('variant_basis', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('vaccine_doses', sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_case_record_variant_id_variant'), 'variant', ['variant_id'], ['id'])

    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('said', sa.LargeBinary(), nullable=True))

    with op.batch_alter_table('lab_test', schema=None) as batch_op:
        batch_op.add_column(sa.Column('variant_screening', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('screening_target_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('genome_known_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('variant_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_lab_test_screening_target_id_variant'), 'variant', ['screening_target_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_lab_test_variant_id_variant'), 'variant', ['variant_id'], ['id'])

    with op.batch_alter_table('quality_finding', schema=None) as batch_op:
        batch_op.add_column(sa.Column('batch_id', sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_quality_finding_centre_id_severity_since_at_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_quality_finding_centre_id_batch_id_rule_since_at_id'), ['centre_id', 'batch_id', 'rule', 'since_at', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_quality_finding_centre_id_checked_at_id'), ['centre_id', 'checked_at', 'id'], unique=False, sqlite_where=sa.text("state = 'checked'"), postgresql_where=sa.text("state = 'checked'"))
        batch_op.create_index('ix_quality_finding_entered', ['centre_id', 'severity', 'since_at', 'id'], unique=False, sqlite_where=sa.text("state = 'open' AND batch_id IS NULL"), postgresql_where=sa.text("state = 'open' AND batch_id IS NULL"))
        batch_op.create_foreign_key(batch_op.f('fk_quality_finding_batch_id_import_batch'), 'import_batch', ['batch_id'], ['id'])

    with op.batch_alter_table('report_schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('basis', sa.String(length=12), server_default='reported', nullable=False))
        batch_op.add_column(sa.Column('family', sa.String(length=40), server_default='covid_19', nullable=False))
        batch_op.add_column(sa.Column('layout_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('plain', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_report_schedule_layout_id_report_layout'), 'report_layout', ['layout_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('returnee', schema=None) as batch_op:
        batch_op.create_index('ix_returnee_kept_by_institution_id', ['institution_id', 'arrived_on', 'id'], unique=False, sqlite_where=sa.text('contact_id IS NULL AND anonymised_on IS NULL AND centre_id IS NULL AND prefecture_code IS NULL'), postgresql_where=sa.text('contact_id IS NULL AND anonymised_on IS NULL AND centre_id IS NULL AND prefecture_code IS NULL'))



def downgrade() -> None:
    with op.batch_alter_table('returnee', schema=None) as batch_op:
        batch_op.drop_index('ix_returnee_kept_by_institution_id', sqlite_where=sa.text('contact_id IS NULL AND anonymised_on IS NULL AND centre_id IS NULL AND prefecture_code IS NULL'), postgresql_where=sa.text('contact_id IS NULL AND anonymised_on IS NULL AND centre_id IS NULL AND prefecture_code IS NULL'))

    with op.batch_alter_table('report_schedule', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_report_schedule_layout_id_report_layout'), type_='foreignkey')
        batch_op.drop_column('plain')
        batch_op.drop_column('layout_id')
        batch_op.drop_column('family')
        batch_op.drop_column('basis')

    with op.batch_alter_table('quality_finding', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_quality_finding_batch_id_import_batch'), type_='foreignkey')
        batch_op.drop_index('ix_quality_finding_entered', sqlite_where=sa.text("state = 'open' AND batch_id IS NULL"), postgresql_where=sa.text("state = 'open' AND batch_id IS NULL"))
        batch_op.drop_index(batch_op.f('ix_quality_finding_centre_id_checked_at_id'), sqlite_where=sa.text("state = 'checked'"), postgresql_where=sa.text("state = 'checked'"))
        batch_op.drop_index(batch_op.f('ix_quality_finding_centre_id_batch_id_rule_since_at_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_quality_finding_centre_id_severity_since_at_id'), ['centre_id', 'severity', 'since_at', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_column('batch_id')

    with op.batch_alter_table('lab_test', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_lab_test_variant_id_variant'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_lab_test_screening_target_id_variant'), type_='foreignkey')
        batch_op.drop_column('variant_id')
        batch_op.drop_column('genome_known_on')
        batch_op.drop_column('screening_target_id')
        batch_op.drop_column('variant_screening')

    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.drop_column('said')

    with op.batch_alter_table('case_record', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_case_record_variant_id_variant'), type_='foreignkey')
        batch_op.drop_column('vaccine_doses')
        batch_op.drop_column('variant_basis')
        batch_op.drop_column('variant_id')

    with op.batch_alter_table('bed_plan', schema=None) as batch_op:
        batch_op.drop_column('sources')

    op.drop_table('municipality_population')
    op.drop_table('variant')
