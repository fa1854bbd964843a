"""A platform that takes no messages for a while: the coordinator hears of it once, and once that it is over.

What is told stands on record, so it is told once however many processes see it, and whichever of them is started anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.community import Role
from services.audience import with_role
from services.messages import Json, Message, Recipient
from services.ports import Work
from services.reach import CHANNELS, WEB

BEGAN, OVER = "outage.began", "outage.over"
_DOWN, _BACK = "platform.down", "platform.back"
PLATFORMS = tuple(channel for channel in CHANNELS if channel != WEB)


async def lasting(work: Work) -> Mapping[str, datetime]:
    """The platforms through which nothing gets, as the coordinator was told, and since when."""
    found = {platform: await _since(work, platform) for platform in PLATFORMS}
    return {platform: since for platform, since in found.items() if since is not None}


async def began(work: Work, platform: str, since: datetime, now: datetime) -> None:
    """Nothing has got through `since` then.

    What is told of it goes another way, not in quiet hours, and not at all if it is over before.
    """
    if await _since(work, platform) is not None:
        return
    values: dict[str, Json] = {"channel": platform, "since": since.isoformat()}
    await work.audit.add(_DOWN, _subject(platform), by=None, now=now, after=values)
    await _tell(work, BEGAN, values, now)


async def over(work: Work, platform: str, now: datetime) -> None:
    """Something has got through."""
    since = await _since(work, platform)
    if since is None:
        return
    values: dict[str, Json] = {"channel": platform, "since": since.isoformat(), "until": now.isoformat()}
    await work.audit.add(_BACK, _subject(platform), by=None, now=now, after=values)
    await _tell(work, OVER, values, now)


def closed_to(message: Message) -> str | None:
    """The platform that a message must not go by, because it says that nothing gets through there."""
    return str(message.params["channel"]) if message.template == BEGAN else None


async def _since(work: Work, platform: str) -> datetime | None:
    told = await work.audit.about(_subject(platform))
    after = told[-1].details["after"] if told and told[-1].kind == _DOWN else None
    return datetime.fromisoformat(str(after["since"])) if isinstance(after, dict) else None


async def _tell(work: Work, template: str, values: Mapping[str, Json], now: datetime) -> None:
    await work.outbox.put(
        *(
            Message(
                key=f"{template}:{values['channel']}:{now.isoformat()}:{coordinator.key}",
                to=Recipient(person=coordinator.key),
                template=template,
                params=values,
                quiet=True,
                # Else it would come after everything that waits for the platform.
                urgent=True,
            )
            for coordinator in await with_role(work, Role.COORDINATOR)
        ),
        now=now,
    )


def _subject(platform: str) -> str:
    return f"platform:{platform}"
