"""The event loop of a service. Calls that come while it is busy go on together: what has just run for one call is still in
the processor's caches for the next, and costs half or less.
"""

import asyncio
import selectors
import time

# How many calls go on together: more of them cost hardly less each, and one that comes first waits for the last.
_MOST = 32
# How long a call waits at most, where the loop has other work all the time, such as streams.
_LONGEST_SECONDS = 0.005


class Loop(asyncio.SelectorEventLoop):
    """An event loop that knows when it has nothing else to do."""

    def __init__(self) -> None:
        self._gathering = _Gathering()
        super().__init__(self._gathering)

    def together(self) -> asyncio.Future[None]:
        """Return what is done as soon as the loop has nothing else to do, or enough wait for it, or it has waited long enough."""
        future = self.create_future()
        self._gathering.add(future)
        return future


class _Gathering(selectors.DefaultSelector):
    """Looks for what there is to do, and lets those go on who wait when that is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[asyncio.Future[None]] = []
        self._until = 0.0

    def add(self, future: asyncio.Future[None]) -> None:
        waiting = self._waiting
        waiting.append(future)
        if len(waiting) == 1:
            self._until = time.monotonic() + _LONGEST_SECONDS
        elif len(waiting) == _MOST:
            self._let_go()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not self._waiting:
            return super().select(timeout)
        events = super().select(0)
        # The loop asks for 0 where it knows of something to do itself.
        if (not events and timeout != 0) or time.monotonic() >= self._until:
            self._let_go()
        return events

    def _let_go(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


async def gather() -> None:
    """Wait for others, where the loop of the process can tell when nobody else comes."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, Loop):
        await loop.together()
