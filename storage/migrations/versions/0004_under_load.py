"""Under load"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

WAITING = {'sqlite_where': sa.text('outcome IS NULL'), 'postgresql_where': sa.text('outcome IS NULL')}


def _scale() -> None:
    op.drop_index('ix_due_work_waiting', table_name='due_work')
    op.create_index('ix_due_work_waiting', 'due_work', ['due_at', 'id'], **WAITING)
    op.create_index('ix_due_work_open', 'due_work', ['community', 'key'], **WAITING)
    op.drop_index('ix_round_period', table_name='round')
    op.create_index('ix_round_period', 'round', ['community', 'period', 'meeting_at'])
    op.create_index('ix_person_email', 'person', ['email'])
    op.create_index('ix_person_teams', 'person', ['teams_object_id', 'teams_tenant'])
    op.create_index('ix_person_slack', 'person', ['slack_user', 'slack_team'])


def _back_from_scale() -> None:
    for name in ('ix_person_slack', 'ix_person_teams', 'ix_person_email'):
        op.drop_index(name, table_name='person')
    op.drop_index('ix_round_period', table_name='round')
    op.create_index('ix_round_period', 'round', ['community', 'period'])
    op.drop_index('ix_due_work_open', table_name='due_work')
    op.drop_index('ix_due_work_waiting', table_name='due_work')
    op.create_index('ix_due_work_waiting', 'due_work', ['outcome', 'due_at'])


def upgrade() -> None:
    _scale()


def downgrade() -> None:
    _back_from_scale()
