"""The life of a service: listen, serve, drain on SIGTERM, stop; and the pages for operations beside it."""

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .config import Platform, exit_for
from .connections import hang_up
from .errors import shutting_down
from .interceptors import Exchange, Registrar, Shared
from .introspection import Health, reflection
from .loop import Loop
from .telemetry import LibraryLines, Log, Metrics, Tracing
from .user import UserVerifier, caller_reader

# How long something that should end soon may take at the end: what is not done by then is left behind.
_LAST_WAIT_SECONDS = 2.0
_HEAD_SECONDS = 5.0
# Messages are freed when they are let go; only cycles wait for the collector. By default it looks at 700 new objects, which
# one large message exceeds, and takes more than half of the time of decoding one.
_COLLECT_AFTER = (20_000, 20, 50)
_MAX_HEAD_BYTES = 16 << 10


class Service:
    """A service that has been built and not yet begun to listen: what `serve` runs."""

    def __init__(
        self,
        platform: Platform,
        workload: str,
        handlers: Sequence[Any],
        *,
        ready: Callable[[], Awaitable[None]] | None = None,
        log: Log | None = None,
    ) -> None:
        self.platform = platform
        self.workload = workload
        self.log = log or Log(platform.log_level, workload, platform.build)
        self.metrics = Metrics(workload, platform.build)
        self._ready = ready
        tracing = Tracing(workload, platform.build) if platform.otlp_endpoint else None
        caller_of = caller_reader(platform)
        self._shared = Shared(workload, self.log, self.metrics, caller_of, UserVerifier(platform.user_jwks), tracing)
        # A second process at a port that is taken must fail, not share it.
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        registrar = Registrar(self._server, self._shared)
        for handler in handlers:
            registrar.add(handler)
        self._health = Health(service.type_name for service in registrar.descriptors)
        registrar.add(self._health, quiet=True)
        for handler in reflection(registrar.descriptors):
            registrar.add(handler, quiet=True)
        self._ops: asyncio.Server | None = None
        self._address = platform.listen

    async def listen(self) -> str:
        """Listen, without being SERVING yet. Return the address, with the port that the system found for `:0`."""
        platform = self.platform
        self._ops = await self._listen_ops(platform.ops_listen)
        _make_way(platform.listen)
        try:
            port = self._server.add_insecure_port(platform.listen)
        except RuntimeError:
            raise OSError(f"{platform.listen} is in use, or cannot be listened on") from None
        await self._server.start()
        if port > 1:
            self._address = f"{platform.listen.rpartition(':')[0]}:{port}"
        return self._address

    @property
    def ops_address(self) -> str:
        """Where the pages for operations are answered, with the port that the system found for `:0`."""
        where = self._ops.sockets[0].getsockname() if self._ops else None
        address = self.platform.ops_listen
        return f"{address.rpartition(':')[0]}:{where[1]}" if isinstance(where, tuple) else address

    def serving(self, serving: bool) -> None:
        """Tell whether calls are welcome."""
        self._health.set(serving=serving)

    async def drain(self) -> None:
        """Refuse new calls, and let those in progress finish as long as the drain allows."""
        shared, seconds = self._shared, self.platform.drain_seconds
        shared.draining = True
        self.serving(False)
        # Those who watch the health of the service have their say of it, and must not keep it alive.
        await asyncio.sleep(0)
        watching, running = set(shared.machinery), set(shared.open)
        for exchange in watching:
            exchange.refuse(shutting_down())
        await _ended(running, seconds)
        if left := running & shared.open:
            self.log.warning("calls were cut off", after_seconds=seconds, calls=len(left))
        for exchange in left:
            exchange.refuse(shutting_down())
        await _ended(watching | left, _LAST_WAIT_SECONDS)
        hang_up(self._address)
        stopping = asyncio.create_task(self._server.stop(None))
        # Whoever came in before the server heard of it.
        await asyncio.sleep(0)
        hang_up(self._address)
        await stopping

    async def close(self) -> None:
        """Close the pages for operations and send the last spans."""
        if self._ops:
            self._ops.close()
        if self._shared.tracing:
            await _within(self.log, "export of spans", asyncio.to_thread(self._shared.tracing.stop))

    async def _listen_ops(self, address: str) -> asyncio.Server:
        if path := _make_way(address):
            return await asyncio.start_unix_server(self._operate, path, limit=_MAX_HEAD_BYTES)
        host, _, port = address.rpartition(":")
        return await asyncio.start_server(self._operate, host.strip("[]"), int(port), limit=_MAX_HEAD_BYTES)

    async def _operate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
            verb, path, *_ = [*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", ""]
            status, kind, body = await self._page(verb, path.partition("?")[0])
            lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", "connection: close"]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # The client has gone, is too slow, or says too much.
        finally:
            writer.close()

    async def _page(self, verb: str, path: str) -> tuple[str, str, bytes]:
        if verb != "GET":
            return _json("405 Method Not Allowed", {"error": "only GET is answered"})
        match path:
            case "/healthz":
                return _json("200 OK", {"alive": True})
            case "/readyz":
                ready = await self._is_ready()
                return _json("200 OK" if ready else "503 Service Unavailable", {"ready": ready})
            case "/version":
                return _json(
                    "200 OK",
                    {"service": self.workload, "build": self.platform.build, "contract": version("larder-contract")},
                )
            case "/metrics":
                return "200 OK", CONTENT_TYPE_LATEST, generate_latest(self.metrics.registry)
        return _json("404 Not Found", {"error": "there is no such page"})

    async def _is_ready(self) -> bool:
        if not self._health.serving or self._ready is None:
            return self._health.serving
        try:
            await asyncio.wait_for(self._ready(), 1)
        except Exception as error:  # noqa: BLE001
            self.log.debug("not ready", error=repr(error))
            return False
        return True


async def serve(
    service: Service,
    *,
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
    close: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Run a service until SIGTERM or SIGINT comes.

    It reports NOT_SERVING, listens, starts the background work, reports SERVING; then NOT_SERVING again, waits for the
    calls in progress, cancels the background work, closes the stores and sends its last spans.

    Raises:
        OSError: It cannot listen.
        Exception: What background work failed with, after the same drain.

    """
    log = service.log
    logging.basicConfig(handlers=[LibraryLines(log)], level=logging.WARNING, force=True)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    tasks: list[asyncio.Task[None]] = []
    try:
        address = await service.listen()
        tasks = [asyncio.create_task(work()) for work in background]
        for task in tasks:
            task.add_done_callback(lambda done: None if done.cancelled() or done.exception() is None else ended.set())
        # What a service begins with stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        service.serving(True)
        log.info("serving", address=address, ops=service.ops_address)
        await ended.wait()
        failures = [task.exception() for task in tasks if task.done() and not task.cancelled()]
        failure = next((each for each in failures if each), None)
        if failure:
            log.error("ending", error=repr(failure))
        else:
            log.info("draining")
        await service.drain()
    finally:
        await _within(log, "background work", _end(tasks))
        if close:
            await _within(log, "close", close())
        await service.close()
        log.info("stopped")
        log.flush()
    if failure:
        raise failure


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the main work of a process and exit: 0, 64 for settings that are wrong, 1 for any other failure."""
    try:
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(main())
    except Exception as error:  # noqa: BLE001
        exit_for(error)
    sys.exit(0)


async def _ended(exchanges: Iterable[Exchange], seconds: float) -> None:
    if tasks := [exchange.task for exchange in exchanges]:
        await asyncio.wait(tasks, timeout=seconds)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    # A cancellation gets lost where what it would end has just ended by itself, as in asyncio.wait_for before Python 3.12.
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=_LAST_WAIT_SECONDS / 4)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _within(log: Log, what: str, end: Awaitable[Any]) -> None:
    try:
        await asyncio.wait_for(end, _LAST_WAIT_SECONDS)
    except TimeoutError:
        log.warning("not stopped in time", what=what)


def _make_way(address: str) -> str:
    """Prepare `unix:/path` for listening and return the path; empty for `host:port`.

    Its folder is there, closed to others, and what a dead process left is gone.
    """
    if not address.startswith("unix:"):
        return ""
    path = Path(address.removeprefix("unix:"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise OSError(f"{address} is in use")
    return os.fspath(path)


def _json(status: str, body: dict[str, Any]) -> tuple[str, str, bytes]:
    return status, "application/json", json.dumps(body).encode() + b"\n"
