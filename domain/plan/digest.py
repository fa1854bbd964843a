"""When a week's digest comes: in the morning of the week's first working day, out of quiet hours. Weeks are named by
their Monday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from domain.community import Community
from domain.working_time import instant, is_day_off, local_date, next_permitted, next_working_day

WEEK = timedelta(days=7)
MORNING = time(8)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_working_day(monday: date) -> date:
    """No week of Norway's calendar is without one."""
    return next_working_day(monday) if is_day_off(monday) else monday


def digest_moment(community: Community, monday: date) -> datetime:
    morning = instant(first_working_day(monday), MORNING, community.zone)
    return next_permitted(morning, community.quiet_hours, community.zone)


def next_digest(community: Community, now: datetime) -> date:
    """The first week whose digest is still to come."""
    monday = monday_of(local_date(now, community.zone))
    while digest_moment(community, monday) <= now:
        monday += WEEK
    return monday
