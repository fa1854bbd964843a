"""What the product is measured against, each a process of its own: `python -m bench.references echo|plain|bolt PORT`.

`echo` is the SDK's own echo bot as its samples have it; `plain` does the same HTTP with aiohttp alone: an activity in,
a reply to the connector on one shared session, 202 back. `bolt` is a bare Bolt app that says something to each message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace

import aiohttp
from aiohttp import web


def echo() -> web.Application:
    from botbuilder.core import ActivityHandler, TurnContext
    from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

    class EchoBot(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
        async def on_message_activity(self, turn_context: TurnContext) -> None:
            await turn_context.send_activity(f"Echo: {turn_context.activity.text}")

    configuration = SimpleNamespace(APP_ID="", APP_PASSWORD="", APP_TYPE="MultiTenant", APP_TENANTID="")
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(configuration))
    bot = EchoBot()

    async def receive(request: web.Request) -> web.Response:
        answer: web.Response | None = await adapter.process(request, bot)
        return answer or web.Response(status=200)

    app = web.Application()
    app.router.add_post("/api/messages", receive)
    return app


def plain() -> web.Application:
    app = web.Application()
    shared: dict[str, aiohttp.ClientSession] = {}

    async def session(_: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as shared["session"]:
            yield

    async def receive(request: web.Request) -> web.Response:
        activity = await request.json()
        conversation = activity["conversation"]["id"]
        url = f"{activity['serviceUrl']}/v3/conversations/{conversation}/activities/{activity['id']}"
        body = {"type": "message", "text": f"Echo: {activity['text']}", "replyToId": activity["id"]}
        async with shared["session"].post(url, json=body) as response:
            await response.read()
        return web.Response(status=202)

    app.cleanup_ctx.append(session)
    app.router.add_post("/api/messages", receive)
    return app


def bolt() -> web.Application:
    from slack_bolt.async_app import AsyncApp, AsyncSay
    from slack_sdk.web.async_client import AsyncWebClient

    token, url = os.environ["SAMHANDLING_SLACK_BOT_TOKEN"], os.environ["SAMHANDLING_SLACK_API_URL"]
    app = AsyncApp(client=AsyncWebClient(token, url), signing_secret=os.environ["SAMHANDLING_SLACK_SIGNING_SECRET"])

    @app.event("message")
    async def echo(event: dict[str, str], say: AsyncSay) -> None:
        await say(f"Echo: {event['text']}")

    return app.web_app("/slack/events")


if __name__ == "__main__":
    kind, port = sys.argv[1:]
    web.run_app(
        {"echo": echo, "plain": plain, "bolt": bolt}[kind](),
        host="127.0.0.1",
        port=int(port),
        print=None,
        access_log=None,
    )
