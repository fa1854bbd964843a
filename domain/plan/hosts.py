"""Whose turn it is to host: hosts follow each other as the community file says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.plan.meeting import Meeting


def in_turn(turns: Sequence[str], meetings: Sequence[Meeting]) -> Iterator[tuple[Meeting, tuple[str, ...]]]:
    """Each meeting of an organ, by date, with those whose turn it may be; nobody where any may begin.

    The first host that is given decides where the turn begins. The same may stand in it several times, so that after
    one there may be two who follow. A host out of turn takes the place of the one whose turn it was.
    """
    possible: frozenset[int] | None = None  # the places in the turn that the last host may have had
    for meeting in meetings if turns else ():
        following = None if possible is None else frozenset((at + 1) % len(turns) for at in possible)
        yield meeting, tuple(dict.fromkeys(turns[at] for at in sorted(following or ())))
        if meeting.host is None:
            possible = following
            continue
        own = frozenset(at for at, host in enumerate(turns) if same_host(host, meeting.host))
        possible = (own & (following or own)) or own or following or frozenset({0})


def same_host(turn: str, host: str) -> bool:
    return turn.casefold() == host.casefold()
