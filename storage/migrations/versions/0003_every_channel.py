"""Every channel, and the plan all year"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def _slack() -> None:
    op.create_table('slack_installation',
    sa.Column('team', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sealed_token', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('installed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('team')
    )


def _privacy() -> None:
    op.create_table('retention',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('swept_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('community')
    )
    op.add_column('outbox', sa.Column('trace', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))


def _agenda() -> None:
    op.create_table('agenda_case',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('forum', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kinds', sa.JSON(), nullable=False),
    sa.Column('responsible', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('about', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('proposal', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('papers', sa.JSON(), nullable=False),
    sa.Column('reported_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reported_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('meeting', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('earliest', sa.Date(), nullable=True),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('conclusion', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('follow_up', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'id'),
    sa.UniqueConstraint('community', 'forum', 'year', 'number')
    )
    op.create_index('ix_agenda_case_meeting', 'agenda_case', ['community', 'meeting', 'position'], unique=False)
    op.create_index('ix_agenda_case_origin', 'agenda_case', ['community', 'origin'], unique=False)
    op.create_table('case_counter',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('forum', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'forum', 'year')
    )


def _auth() -> None:
    op.create_table('api_token',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_used_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('community', 'id'),
    sa.UniqueConstraint('digest')
    )


def _free_deadlines() -> None:
    op.create_table('free_deadline',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reminded_before', sa.JSON(), nullable=False),
    sa.Column('imported_text', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('imported_due', sa.Date(), nullable=True),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('removed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('community', 'id')
    )


def _delivery() -> None:
    """Who is sending what, and who cannot be reached where."""
    op.add_column('outbox', sa.Column('leased_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('outbox', sa.Column('leased_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_index('ix_outbox_open', 'outbox', ['state', 'community', 'recipient'], unique=False)
    op.create_index('ix_outbox_since', 'outbox', ['community', 'created_at'], unique=False)
    op.create_table('pace',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('taken', sa.JSON(), nullable=False),
    sa.Column('last', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('dev_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.add_column('identity', sa.Column('refused_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def _back_from_delivery() -> None:
    op.drop_column('identity', 'refused_at')
    op.drop_table('dev_clock')
    op.drop_table('pace')
    op.drop_index('ix_outbox_since', table_name='outbox')
    op.drop_index('ix_outbox_open', table_name='outbox')
    op.drop_column('outbox', 'leased_until')
    op.drop_column('outbox', 'leased_by')


def _notices() -> None:
    op.add_column('attendance', sa.Column('chair', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('attendance', sa.Column('secretary', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_table('minutes_item',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('meeting', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('conclusion', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('written_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('written_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'meeting', 'item')
    )
    op.create_table('notice',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('meeting', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('chair', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('secretary', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sent_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('community', 'meeting')
    )
    op.create_table('notice_version',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('meeting', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('sent_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'meeting', 'version')
    )


def _mail() -> None:
    op.add_column('person', sa.Column('epoch', sa.Integer(), server_default='0', nullable=False))


def _plan_files() -> None:
    op.create_table('plan_draft',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'person')
    )


def _digest() -> None:
    op.create_table('digest_choice',
    sa.Column('community', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('community', 'person')
    )


def _contract() -> None:
    op.add_column('person', sa.Column('preferred', sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def upgrade() -> None:
    _slack()
    _privacy()
    _auth()
    _notices()
    _agenda()
    _free_deadlines()
    _delivery()
    _mail()
    _contract()
    _plan_files()
    _digest()


def downgrade() -> None:
    op.drop_column('person', 'preferred')
    op.drop_column('person', 'epoch')
    op.drop_table('slack_installation')
    _back_from_delivery()
    op.drop_column('outbox', 'trace')
    op.drop_table('retention')
    op.drop_table('api_token')
    op.drop_table('digest_choice')
    op.drop_table('plan_draft')
    op.drop_table('free_deadline')
    op.drop_table('notice_version')
    op.drop_table('notice')
    op.drop_table('minutes_item')
    op.drop_column('attendance', 'secretary')
    op.drop_column('attendance', 'chair')
    op.drop_table('case_counter')
    op.drop_table('agenda_case')
