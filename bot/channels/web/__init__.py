"""The web channel: the page for those without Teams, signed in by a session that only the server can make."""

from bot.channels.web.pages import Demo, WebChannel

__all__ = ["Demo", "WebChannel"]
