"""The digest of the week on the web: turned on and off, and read."""

from __future__ import annotations

from tests.builders import local
from tests.channels.web.site import Site


async def test_it_is_turned_on_comes_on_monday_and_is_turned_off(site: Site) -> None:
    await site.start_period()
    page = await site.say(await site.sign_in("Kommunalsjef Larvik"), "ukesoversikt")
    assert "Du får ikke ukesoversikten." in page.text
    page = await site.press(page, "Slå på")
    assert "Du får en ukesoversikt om morgenen" in page.text
    await site.pass_time(local(2023, 11, 27, 8))
    page = await site.sign_in("Kommunalsjef Larvik")
    assert "Ukesoversikt for uke 48" in page.text
    assert "Operativt møte tirsdag 28. november kl. 16.00." in page.text
    page = await site.say(page, "ukesoversikt")
    assert "Du får ikke ukesoversikten." in (await site.press(page, "Slå av")).text
