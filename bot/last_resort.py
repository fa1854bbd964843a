"""The end of a process that does not come to it by itself because a thread hangs in a call that nothing interrupts.

Looking up a name at a server that is silent is one: Python waits for its threads when a process ends.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Awaitable

SECONDS = 9.5
"""From being told to stop: whoever runs the product gives it ten."""
CUT_SHORT = 1


class LastResort:
    def __init__(self, seconds: float = SECONDS) -> None:
        self._in_order = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def draws_near(self) -> None:
        """From now on the process has so many seconds."""
        self._timer.start()

    async def after(self, serving: Awaitable[None]) -> None:
        """When that has come to its end, nothing is lost by ending the rest."""
        await serving
        self._in_order = True

    def called_off(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        if not self._in_order:
            sys.stderr.write("stopped while something hung; what was under way is free when its lease has run out\n")
            sys.stderr.flush()
        os._exit(0 if self._in_order else CUT_SHORT)
