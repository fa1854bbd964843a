"""Faults"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

REQUEST = sa.table('meeting_request', *map(sa.column, ('community', 'id', 'decided_at')),
    sa.column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime()))
DUE = sa.table('due_work', *map(sa.column, ('community', 'key', 'kind', 'outcome')),
    sa.column('subject', sa.JSON()), sa.column('due_at', sqlmodel.sql.sqltypes.UTCDateTime()))


def _edges() -> None:
    """Requests for a meeting from before they lapsed: their cards are drawn anew, and they lapse too."""
    op.execute(
        "UPDATE outbox SET topic = 'request:' || substr(topic, 9) "
        "WHERE template = 'meeting.requested' AND topic LIKE 'meeting:%'"
    )
    key = 'request:' + REQUEST.c.id + ':lapse'
    has_one = sa.exists().where(DUE.c.community == REQUEST.c.community, DUE.c.key == key)
    wanted = sa.select(REQUEST, key.label('key')).where(REQUEST.c.decided_at.is_(None), ~has_one)
    # When it lapses follows from the community's days, which nobody knows here: what is done at once puts itself off.
    lapses = [
        {
            'community': request.community, 'key': request.key, 'kind': 'request.lapse',
            'subject': {'request': request.id}, 'due_at': request.asked_at
        }
        for request in op.get_bind().execute(wanted)
    ]
    op.bulk_insert(DUE, lapses)


def _back_from_edges() -> None:
    """The version before would let them lapse at once."""
    asked_then = sa.exists().where(
        REQUEST.c.community == DUE.c.community,
        DUE.c.key == 'request:' + REQUEST.c.id + ':lapse',
        REQUEST.c.asked_at == DUE.c.due_at,
    )
    op.execute(DUE.delete().where(DUE.c.kind == 'request.lapse', DUE.c.outcome.is_(None), asked_then))


def _turns() -> None:
    """A unit's people are found without looking through all."""
    op.create_index('ix_person_unit', 'person', ['community', 'unit'])


def _back_from_turns() -> None:
    op.drop_index('ix_person_unit', 'person')


def _claims() -> None:
    """SQLite went through all that lies ahead of its communities: by community and key, for want of community and instant."""
    waiting = sa.text('outcome IS NULL')
    op.create_index(
        'ix_due_work_due', 'due_work', ['community', 'due_at', 'id'], sqlite_where=waiting, postgresql_where=waiting
    )


def _back_from_claims() -> None:
    op.drop_index('ix_due_work_due', 'due_work')


def upgrade() -> None:
    _edges()
    _turns()
    _claims()


def downgrade() -> None:
    _back_from_claims()
    _back_from_turns()
    _back_from_edges()
