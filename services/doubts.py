"""Why something in a plan is doubtful, and what came of it, for administrators and programs."""

from __future__ import annotations

from collections.abc import Mapping

from domain.plan.meeting import Doubt, Doubtful

REASONS: Mapping[Doubtful, str] = {
    Doubtful.UNSETTLED: "the date is not settled yet; no meeting",
    Doubtful.CANCELLED: "cancelled, postponed or moved, as it says; no meeting",
    Doubtful.NO_FORUM: "names no organ of the community file; no meeting",
    Doubtful.SEVERAL_FORUMS: "names several organs; no meeting",
    Doubtful.NO_YEAR: "no year is given, neither here nor in a heading (--year gives one); no meeting",
    Doubtful.WHICH_YEAR: "the heading names two years, and the months do not say which one it is; no meeting",
    Doubtful.NO_SUCH_DAY: "a day that does not exist; no meeting",
    Doubtful.OTHER_MONTH: "the month is not that of the heading; no meeting",
    Doubtful.ENDS_BEFORE: "the last day is before the first, or more than two weeks after it; no meeting",
    Doubtful.TOO_LONG: "too long to be read",
    Doubtful.MERGED: "the cell is merged over several months or organs; no meeting",
    Doubtful.UNREADABLE: "not understood; no meeting",
    Doubtful.REPEATING: "a repeating event is not read; no meeting",
    Doubtful.NO_MEETING_THEN: "an exception for {detail}, when there is no meeting; not used",
    Doubtful.TOO_MANY: "more than {detail}; the rest is not read",
    Doubtful.DUPLICATE: "{detail} is there already; the first one counts",
    Doubtful.WEEKDAY: "the weekday does not match: {detail}",
    Doubtful.WEEKEND: "not on a working day: {detail}",
    Doubtful.NO_TIME: "no time: {detail}",
    Doubtful.NO_END: "no time of end: {detail}",
    Doubtful.WRONG_TIME: "a time that does not exist, or ends before it begins {detail}",
    Doubtful.OTHER_YEAR: "the year is not the one expected, {detail}",
    Doubtful.PLACE_UNSETTLED: "the place or host is not settled yet",
    Doubtful.NOT_USED: "understood but for this, which is not used: {detail}",
    Doubtful.IDENTITY_NUMBER: "contains an identity number; not used",
    Doubtful.HIDDEN: "a hidden sheet is not read",
}


def reason(doubt: Doubt) -> str:
    return REASONS[doubt.why].format(detail=doubt.detail).rstrip(" :")
