"""The model cache: files of models, which one is active, and a word to all instances when that changes. On Valkey."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

from valkey.asyncio import Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError

from model_file import Known

_MODELS = "scoring:models"
_ACTIVE = "scoring:active"
# Files are kept by their checksum, so that two that bear one name cannot take each other's place.
_FILE = "scoring:file:"

_TIMEOUT_SECONDS = 2.0

CacheError = (ValkeyError, OSError)
"""What every method raises while the cache cannot be reached."""


class ModelCache:
    """The cache at an address: `redis+unix://user:password@/path/of/socket` or `redis://user:password@host:port`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        login = {
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
        }
        place = {"host": parts.hostname or "localhost", "port": parts.port or 6379}
        if parts.scheme == "redis+unix":
            place = {"unix_socket_path": unquote(parts.path)}
        self._valkey = Valkey(
            **login,
            **place,
            ssl=parts.scheme == "rediss",
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            # A connection that the other side closed is found out by using it.
            retry=Retry(NoBackoff(), 1),
        )

    async def known(self) -> dict[str, Known]:
        """Return all models by their ids."""
        entries = await self._valkey.hgetall(_MODELS)
        return {(known := _known(text)).id: known for text in entries.values()}

    async def file(self, known: Known) -> bytes | None:
        """Return the file of a model, whatever its bytes are; None if it is not there."""
        return await self._valkey.get(_FILE + known.sha256)

    async def put(self, known: Known, data: bytes) -> None:
        """Add a model, or put back its file. One that is known by that id stays what it is."""
        await self._valkey.set(_FILE + known.sha256, data)
        entry = json.dumps({"id": known.id, "sha256": known.sha256, "created": known.created})
        await self._valkey.hsetnx(_MODELS, known.id, entry)

    async def active(self, otherwise: str) -> str:
        """Return the id of the active model. If there is none, it is from now on the one given, unless that is empty."""
        if not otherwise:
            before = await self._valkey.get(_ACTIVE)
        else:
            before = await self._valkey.set(_ACTIVE, otherwise, nx=True, get=True)
        return before.decode() if before else otherwise

    async def activate(self, model: str) -> None:
        """Make a model the active one, and tell all instances."""
        await self._valkey.set(_ACTIVE, model)
        await self._valkey.publish(_ACTIVE, model)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
        """Listen for changes. What it gives waits for one, but no longer than so many seconds."""
        async with self._valkey.pubsub(ignore_subscribe_messages=True) as heard:
            await heard.subscribe(_ACTIVE)

            async def wait(seconds: float) -> None:
                await heard.get_message(timeout=seconds)

            yield wait

    async def close(self) -> None:
        """Close the connections."""
        await self._valkey.aclose()


def _known(text: bytes) -> Known:
    entry = json.loads(text)
    return Known(entry["id"], entry["sha256"], entry["created"])
