"""The weekly cycle on a real PostgreSQL: the tests that SQLite passes, before a product that keeps its things there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.period.test_end import (  # noqa: F401 - run here too
    test_a_meeting_at_short_notice_prompts_at_once_and_is_told_to_all,
    test_ending_asks_once_more_then_cancels_and_tells,
    test_the_period_ends_by_itself_when_the_last_meeting_has_ended,
)
from tests.e2e.period.test_form import (  # noqa: F401 - run here too
    test_a_correction_is_a_second_revision_from_the_first_ones_figures,
    test_a_wrong_figure_is_told_at_its_field_and_nothing_is_stored,
    test_an_answered_form_becomes_its_receipt_in_place,
    test_monday_at_nine_each_respondent_gets_the_own_units_form_and_nobody_else_any,
    test_two_who_answer_at_once_see_each_others_figures_before_one_wins,
)
from tests.e2e.period.test_in_words import (  # noqa: F401 - run here too
    test_as_last_time_copies_figures_and_not_words,
    test_field_by_field_with_skip_back_and_words_for_levels,
)
from tests.e2e.period.test_repeats import (  # noqa: F401 - run here too
    test_a_repeated_press_is_answered_alike_and_stored_once,
    test_a_repeated_press_starts_one_period,
)
from tests.e2e.period.test_strangers import (  # noqa: F401 - run here too
    test_somebody_unknown_is_refused_politely_and_the_coordinator_lets_them_in,
)
from tests.e2e.period.test_summary import (  # noqa: F401 - run here too
    test_late_answers_and_corrections_change_the_posted_summary_in_place_marked,
    test_reminders_come_to_those_missing_only_and_say_how_long_is_left,
    test_the_summary_comes_once_at_half_past_three_and_says_everything,
    test_what_was_known_at_the_meeting_stays_and_can_be_seen,
)
from tests.e2e.test_delivery import (  # noqa: F401 - run here too
    hasty,
    test_of_each_sending_it_says_how_many_have_it,
    test_the_coordinator_hears_of_it_anew_when_the_person_was_reached_in_between,
    test_what_was_given_up_is_sent_when_it_is_tried_again,
)
from tests.engines import emptied
from tests.harness import Town, everybody, running
from tests.teams_double import TeamsDouble


@pytest.fixture
async def town(double: TeamsDouble, postgres: str, database: Path) -> AsyncIterator[Town]:
    async with running(database, teams=double, database_url=await emptied(postgres)) as product:
        yield Town(product, double, everybody(double))


@pytest.fixture
async def started(town: Town) -> Town:
    await town.begin()
    return town


@pytest.fixture
async def prompted(town: Town) -> Town:
    await town.prompted()
    return town
