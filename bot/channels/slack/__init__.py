"""The Slack channel: events, commands and presses in, messages, modals and the home page out."""

import logging

# They write whole requests and answers, with what people have written in them.
for _library in ("slack_sdk", "slack_bolt"):
    logging.getLogger(_library).setLevel(logging.ERROR)
