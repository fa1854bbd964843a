"""`kanal`: where I want to be written to, when I am on several platforms."""

from __future__ import annotations

from dialogs.card import Button, Card, Text, Tone
from dialogs.speech import Speech
from dialogs.turn import Answer, Command, Drawing, Routes, Turn
from dialogs.words import sentence_answer
from domain.reports import as_text
from services import reach
from services.ports import Member, Work

LAST_USED = "last"
_WORDS = {
    **{name: name for name in ("teams", "slack")},
    **dict.fromkeys(("epost", "e-post", "email", "e-mail", "mail"), reach.MAIL),
    **dict.fromkeys(("nettside", "nettsiden", "nettsida", "web", "website", "page"), reach.WEB),
    **dict.fromkeys(("sist", "siste", "last"), LAST_USED),
}


async def written(turn: Turn) -> Answer:
    """`kanal teams`: chosen at once; alone: what there is to choose from."""
    _, _, rest = turn.event.text.strip().partition(" ")
    if not rest.strip(" .!"):
        return await show(turn)
    wanted = _WORDS.get(rest.casefold().strip(" .!"))
    return await _chosen(turn, wanted) if wanted else sentence_answer(turn, "own_channel.which")


async def show(turn: Turn) -> Answer:
    if not turn.event.place.personal:
        await turn.send("own_channel.form", {})
        return sentence_answer(turn, "status.sent_in_private")
    return Answer(await _card(turn.work, turn.speech, turn.member))


async def draw_form(drawing: Drawing) -> Card | None:
    member = await drawing.work.people.get(drawing.reader.key) if drawing.reader else None
    return await _card(drawing.work, drawing.speech, member) if member else None


async def _card(work: Work, speech: Speech, member: Member) -> Card:
    """Where messages come now, and a button for each other place; of chats those where the person is known."""
    known = {address.channel for address in await work.people.addresses(member.person.key)}
    others = [c for c in reach.CHANNELS if c != member.preferred and (c in known or c in (reach.MAIL, reach.WEB))]
    now = speech.say("own_channel.now_last")
    if member.preferred:
        now = speech.say("own_channel.now", channel=speech.say(f"people.channel.{member.preferred}"))
    buttons = [Button("channel.choose", _label(speech, channel), {"channel": channel}) for channel in others]
    if member.preferred:
        buttons.append(Button("channel.choose", speech.say("own_channel.last"), {"channel": LAST_USED}))
    body = (Text(now), Text(speech.say("own_channel.otherwise"), Tone.SUBTLE))
    return Card(speech.say("own_channel.title"), body, tuple(buttons))


def _label(speech: Speech, channel: str) -> str:
    name = speech.say(f"people.channel.{channel}")
    return name[:1].upper() + name[1:]


async def choose(turn: Turn) -> Answer:
    wanted = as_text(turn.event.data.get("channel"))
    return await _chosen(turn, wanted) if wanted in (*reach.CHANNELS, LAST_USED) else await show(turn)


async def _chosen(turn: Turn, wanted: str) -> Answer:
    if wanted == LAST_USED:
        await reach.prefer(turn.work, turn.member, None, turn.now)
        return sentence_answer(turn, "own_channel.chosen_last")
    channel = turn.say(f"people.channel.{wanted}")
    done = await reach.prefer(turn.work, turn.member, wanted, turn.now)
    return sentence_answer(turn, "own_channel.chosen" if done else "own_channel.not_known", channel=channel)


ROUTES = Routes(
    commands=(Command("channel", "kanal|channel", written, more=True),),
    buttons={"channel.show": show, "channel.choose": choose},
    templates={"own_channel.form": draw_form},
    read_only=frozenset({"channel.show"}),
)
