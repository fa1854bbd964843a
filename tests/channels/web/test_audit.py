"""What was changed, as the coordinator reads it on the web."""

from __future__ import annotations

from tests.channels.web.site import Site


async def test_the_coordinator_reads_what_was_changed_and_nobody_else(site: Site) -> None:
    page = await site.start_period()
    page = await site.say(page, "logg")
    assert "Startet krevende drift." in page.text
    other = await site.sign_in("Sekretariatet")
    other = await site.say(other, "logg")
    assert "Startet krevende drift." not in other.text
    assert "Bare samhandlingssjefen kan gjøre dette" in other.text
