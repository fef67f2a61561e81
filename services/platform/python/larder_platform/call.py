"""The request in progress: what a handler is told about it."""

import os
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass

_SAFE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


@dataclass(frozen=True, slots=True)
class User:
    """The person on whose behalf a call is made.

    Attributes:
        subject: The customer's id.

    """

    subject: str
    scopes: tuple[str, ...]


@dataclass(slots=True)
class Call:
    """What a handler is told about the call. It is cancelled when the caller has gone or the deadline has passed.

    Attributes:
        method: `package.Service/Method`.
        caller: The calling workload, as its sidecar proved it; the whole `spiffe://` identity where that is not of this
            mesh. Empty without a sidecar. Metadata of the caller's own making has no say in it.
        deadline: By `time.monotonic`. None: no deadline.
        traceparent: W3C trace context.
        user: None unless the contract asks for the end user and there is one.

    """

    method: str
    caller: str
    request_id: str
    deadline: float | None = None
    traceparent: str | None = None
    user: User | None = None

    def remaining(self) -> float:
        """Return the seconds until the deadline, not below 0; infinity without one."""
        return float("inf") if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    @property
    def trace_id(self) -> str | None:
        """The trace that the request belongs to, if it belongs to one."""
        return self.traceparent[3:35] if self.traceparent else None


calls: ContextVar[Call | None] = ContextVar("call", default=None)


def current_call() -> Call | None:
    """Return the request in progress, None outside of one."""
    return calls.get()


def safe_id(sent: str) -> str:
    """Return the id that a request came with, or a new one if there is none or it could upset a log."""
    return sent if sent and _SAFE_ID.fullmatch(sent) else _new_id()


def _new_id() -> str:
    # A random UUID, written by hand: the class for it takes three times as long.
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
