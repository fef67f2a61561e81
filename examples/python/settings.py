"""What the program is told: settings from the environment, numbers from the command line."""

import os
import re
from collections.abc import Sequence
from pathlib import Path


class UsageError(Exception):
    """The program was not told what it needs."""


def setting(name: str) -> str:
    """Return a setting that must be there."""
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"{name} is not set")
    return value


def file(name: str) -> bytes:
    """Return what is in the file that a setting names."""
    path = setting(name)
    try:
        return Path(path).read_bytes()
    except OSError:
        raise UsageError(f"{name} names {path}, which cannot be read") from None


def temperatures(words: Sequence[str]) -> list[float]:
    """Read temperatures from words of the command line, at least one."""
    if not words:
        raise UsageError("there are no temperatures")
    for word in words:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word):
            raise UsageError(f"{word} is no temperature")
    return [float(word) for word in words]
