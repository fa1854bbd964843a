"""Cases of the organs. Each is one row that is changed, by whoever saw its last version; its number is counted here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.agenda import Case, CaseKind, CaseState, CaseText, Paper
from services.ports import ConflictError
from storage.repositories import Repository, insert_new
from storage.tables import CaseCounterRow, CaseRow

_BY_NUMBER = (col(CaseRow.forum), col(CaseRow.year), col(CaseRow.number))


class CaseRepository(Repository):
    async def add(self, case: Case) -> Case:
        if (there := await self.get(case.id)) is not None:
            return there
        numbered = await self._next_number(case.forum, case.year)
        values = _values(case) | {"community": self._community, "number": numbered}
        if await insert_new(self._session, CaseRow, [values]) == 0:
            # The number that was taken goes back with the whole transaction.
            raise ConflictError(f"case {case.id}")
        added = await self.get(case.id)
        if added is None:
            raise LookupError(f"case {case.id}")
        return added

    async def _next_number(self, forum: str, year: int) -> int:
        """Holds the organ's counter until the transaction ends: whoever asks at the same time waits here."""
        connection = await self._session.connection()
        dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
        counter = CaseCounterRow.__table__  # type: ignore[attr-defined]
        insert = dialect.insert(counter).values(community=self._community, forum=forum, year=year, last=1)
        counted = insert.on_conflict_do_update(
            index_elements=["community", "forum", "year"], set_={"last": counter.c.last + 1}
        )
        found: int = (await connection.execute(counted.returning(counter.c.last))).scalar_one()
        return found

    async def get(self, case_id: str) -> Case | None:
        found = await self._rows(select(CaseRow).where(CaseRow.id == case_id))
        return found[0] if found else None

    async def change(self, case: Case) -> None:
        connection = await self._session.connection()
        changed = await connection.execute(
            update(CaseRow)
            .where(
                col(CaseRow.community) == self._community,
                col(CaseRow.id) == case.id,
                col(CaseRow.version) == case.version - 1,
            )
            .values(**_values(case))
            .returning(literal(1))
        )
        if not changed.all():
            raise ConflictError(f"case {case.id} version {case.version}")

    async def of_meetings(self, meetings: Sequence[str]) -> Sequence[Case]:
        order = (col(CaseRow.meeting), col(CaseRow.position), col(CaseRow.year), col(CaseRow.number))
        return await self._rows(select(CaseRow).where(col(CaseRow.meeting).in_(meetings)).order_by(*order))

    async def waiting(self, forum: str) -> Sequence[Case]:
        wanted = (CaseRow.forum == forum, col(CaseRow.meeting).is_(None), CaseRow.state == str(CaseState.OPEN))
        return await self._rows(select(CaseRow).where(*wanted).order_by(*_BY_NUMBER))

    async def open(self) -> Sequence[Case]:
        return await self._rows(select(CaseRow).where(CaseRow.state == str(CaseState.OPEN)).order_by(*_BY_NUMBER))

    async def followed_up(self) -> Sequence[Case]:
        wanted = (CaseRow.state == str(CaseState.CONCLUDED), col(CaseRow.follow_up).is_not(None))
        return await self._rows(select(CaseRow).where(*wanted).order_by(col(CaseRow.follow_up), *_BY_NUMBER))

    async def coming_from(self, case_id: str) -> Sequence[Case]:
        return await self._rows(select(CaseRow).where(CaseRow.origin == case_id).order_by(*_BY_NUMBER))

    async def _rows(self, wanted: SelectOfScalar[CaseRow]) -> Sequence[Case]:
        # A change goes past the session, so what it has loaded before is loaded anew.
        mine = wanted.where(CaseRow.community == self._community).execution_options(populate_existing=True)
        return [_case(row) for row in await self._session.exec(mine)]


def _values(case: Case) -> dict[str, object]:
    said = case.said
    return {
        "id": case.id,
        "forum": case.forum,
        "year": case.year,
        "number": case.number,
        "title": said.title,
        "kinds": [str(kind) for kind in said.kinds],
        "responsible": said.responsible,
        "about": said.about,
        "proposal": said.proposal,
        "papers": [{"title": paper.title, "link": paper.link} for paper in said.papers],
        "reported_by": case.reported_by,
        "reported_at": case.reported_at,
        "meeting": case.meeting,
        "position": case.position,
        "earliest": case.earliest,
        "reference": case.reference,
        "origin": case.origin,
        "state": str(case.state),
        "conclusion": case.conclusion,
        "follow_up": case.follow_up,
        "version": case.version,
    }


def _case(row: CaseRow) -> Case:
    said = CaseText(
        title=row.title,
        kinds=tuple(CaseKind(kind) for kind in row.kinds),
        responsible=row.responsible,
        about=row.about,
        proposal=row.proposal,
        papers=tuple(Paper(paper["title"], paper["link"]) for paper in row.papers),
    )
    return Case(
        id=row.id,
        community=row.community,
        forum=row.forum,
        year=row.year,
        number=row.number,
        said=said,
        reported_by=row.reported_by,
        reported_at=row.reported_at,
        meeting=row.meeting,
        position=row.position,
        earliest=row.earliest,
        reference=row.reference,
        origin=row.origin,
        state=CaseState(row.state),
        conclusion=row.conclusion,
        follow_up=row.follow_up,
        version=row.version,
    )
