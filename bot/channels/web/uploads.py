"""A form with a file in it, read bit by bit: nothing of the file before the form has shown whose it is."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.web.forms import Posted, RefusedError
from bot.plan.files import LARGEST_FILE
from dialogs.speech import Speech

FILE, BESIDE = "file", "beside"
MOST_PARTS = 8
LONGEST_FIELD = 1000
LONGEST_NAME = 200


async def read(request: web.Request, speech: Speech, check: Callable[[Posted], None]) -> tuple[Posted, str, bytes]:
    """The fields, and the file's name and content; the name is empty where no file was chosen.

    `check` raises RefusedError when the fields before the file do not show that the form is this reader's. Raises
    RefusedError: 400, 413 or 415.
    """
    if request.content_type != "multipart/form-data":
        raise RefusedError(415, speech.say("web.not_a_form"))
    fields: dict[str, list[str]] = {}
    try:
        parts = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await parts.next()
            if not isinstance(part, BodyPartReader):
                break
            if part.name == FILE:
                posted = Posted(fields)
                check(posted)
                return posted, (part.filename or "")[-LONGEST_NAME:], await _bounded(part, LARGEST_FILE, speech)
            text = (await _bounded(part, LONGEST_FIELD, speech)).decode()
            fields.setdefault(part.name or "", []).append(text.replace("\0", ""))
    except (ValueError, AssertionError, web.RequestPayloadError, HttpProcessingError):
        raise RefusedError(400, speech.say("web.unreadable")) from None
    raise RefusedError(400, speech.say("web.stale_form"))


async def _bounded(part: BodyPartReader, most: int, speech: Speech) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > most:
            raise RefusedError(413, speech.say("web.too_large"))
    return bytes(content)
