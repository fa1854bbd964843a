"""The e-mail channel: letters to those who are reached in no chat, each with a link to the page."""

from bot.channels.mail.server import MailServer
from bot.channels.mail.writing import Mail

__all__ = ["Mail", "MailServer"]
