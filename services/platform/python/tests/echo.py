"""What the kit's tests share: the service of the TypeScript kit's testdata/, compiled, and a server on a Unix socket."""

import asyncio
import atexit
import faulthandler
import io
import itertools
import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import grpc
import larder_contract
from larder_contract.google.rpc.error_details_pb import BadRequest, ErrorInfo
from larder_contract.google.rpc.status_pb import Status
from larder_platform import Env, Log, Platform, Service, current_call

ROOT = Path(__file__).parents[4]
# Short, as sockets need.
FOLDER = Path(tempfile.mkdtemp(prefix="kit-", dir="/tmp"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
_numbers = itertools.count()
# What hangs is found, and says where.
faulthandler.dump_traceback_later(1500, exit=True)
# Test cases run in debug mode, where asyncio warns of every callback that a busy machine held up.
logging.getLogger("asyncio").setLevel(logging.ERROR)


def new_folder() -> Path:
    """Make an empty folder, which goes when the tests are over."""
    folder = FOLDER / f"f{next(_numbers)}"
    folder.mkdir(mode=0o700)
    return folder


def compiled() -> str:
    """Compile testdata/ as it is now, into a folder that KIT_ECHO names for processes that a test starts."""
    if ready := os.environ.get("KIT_ECHO"):
        return ready
    out = new_folder()
    modules = [{"path": path} for path in ("proto", "services/platform/ts/testdata", "third_party/protovalidate")]
    plugins = [
        {"local": os.fspath(ROOT / f".venv/bin/protoc-gen-{name}"), "out": os.fspath(out)} for name in ("py", "grpc-py")
    ]
    buf = ROOT / "node_modules/.bin/buf"
    image = out / "image.binpb"
    path = os.environ["PATH"]
    environment = {**os.environ, "PATH": f"{ROOT}/node_modules/.bin:{ROOT}/.venv/bin:{path}"}
    config = json.dumps({"version": "v2", "modules": modules})
    template = json.dumps({"version": "v2", "plugins": plugins})
    build = [buf, "build", "--config", config, "--path", "services/platform/ts/testdata/kit", "-o", image]
    for command in (build, [buf, "generate", image, "--template", template]):
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    os.environ["KIT_ECHO"] = os.fspath(out)
    return os.fspath(out)


# Generated code imports the policy options relatively, so it is put where the contract is.
larder_contract.__path__.append(compiled())
from larder_contract.kit.echo.v1.echo_service_pb import EchoRequest, EchoResponse, Part
from larder_contract.kit.echo.v1.echo_service_pb_grpc import EchoServiceClient, EchoServiceService

__all__ = ["EchoRequest", "EchoResponse", "EchoServiceClient", "EchoServiceService", "Part"]

SERVICE = "kit.echo.v1.EchoService"


class Echo(EchoServiceService):
    """Says back what it was told. `instead` replaces what its unary methods do."""

    def __init__(self, instead: Callable[[EchoRequest], Any] | None = None) -> None:
        self._instead = instead

    async def echo(self, request: EchoRequest, context: Any) -> EchoResponse:
        if self._instead:
            return await self._instead(request)
        call = current_call()
        user = call.user.subject if call.user else ""
        remaining = -1 if call.deadline is None else call.remaining() * 1000
        return EchoResponse(
            text=request.text, caller=call.caller, user=user, request_id=call.request_id, remaining_ms=remaining
        )

    mine = maybe = echo

    async def count(self, request: EchoRequest, context: Any):
        for number in range(1, request.count + 1):
            yield EchoResponse(text=f"{request.text} {number}")

    async def collect(self, request: Any, context: Any) -> EchoResponse:
        return EchoResponse(text=",".join([each.text async for each in request]))

    async def chat(self, request: Any, context: Any):
        async for each in request:
            yield EchoResponse(text=f"{each.text}!")


def new_platform(**variables: str) -> Platform:
    """Return a platform whose workload `echo` listens on a socket of its own."""
    folder = new_folder()
    env = Env({"ECHO_LISTEN": f"unix:{folder}/app.sock", "ECHO_OPS_LISTEN": f"unix:{folder}/ops.sock", **variables})
    platform = env.platform("ECHO")
    env.check()
    return platform


class Running:
    """A service that is SERVING, with what it logged."""

    def __init__(self, handler: Any = None, ready: Any = None, **variables: str) -> None:
        self.platform = new_platform(**variables)
        self._out = io.StringIO()
        log = Log(self.platform.log_level, "echo", self.platform.build, self._out)
        self.service = Service(self.platform, "echo", [handler or Echo()], ready=ready, log=log)

    async def __aenter__(self) -> Self:
        self.address = await self.service.listen()
        self.service.serving(True)
        self.channel = grpc.aio.insecure_channel(self.address)
        self.client = EchoServiceClient(self.channel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()
        await self.service.drain()
        await self.service.close()

    async def echo(self, text: str = "a", method: str = "echo", **headers: str) -> EchoResponse:
        """Call a unary method, with the headers given (`x_request_id` for `x-request-id`)."""
        metadata = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return await getattr(self.client, method)(EchoRequest(text=text), metadata=metadata)

    async def raw(self, data: bytes, method: str = "Echo") -> bytes:
        """Call a unary method with any bytes."""
        return await self.channel.unary_unary(f"/{SERVICE}/{method}")(data)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines so far."""
        self.service.log.flush()
        return [json.loads(line) for line in self._out.getvalue().splitlines()]

    async def page(self, path: str, verb: str = "GET") -> tuple[int, str]:
        """Ask the pages for operations."""
        return await page(self.service.ops_address, path, verb)


async def page(address: str, path: str, verb: str = "GET") -> tuple[int, str]:
    """Return the status and the body of a page."""
    host, _, place = address.rpartition(":")
    opening = asyncio.open_unix_connection(place) if host == "unix" else asyncio.open_connection(host, int(place))
    reader, writer = await opening
    writer.write(f"{verb} {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


class Refusal:
    """What a call failed with, as its caller sees it."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        trailers: Mapping[str, bytes] = dict(error.trailing_metadata() or ())
        sent = Status.from_binary(trailers.get("grpc-status-details-bin", b""))
        info = next((each.unpack(ErrorInfo) for each in sent.details if each.is_type(ErrorInfo)), None) or ErrorInfo()
        bad = next((each.unpack(BadRequest) for each in sent.details if each.is_type(BadRequest)), None)
        self.code = error.code().name
        self.message = error.details()
        self.reason = info.reason
        self.domain = info.domain
        self.metadata = dict(info.metadata)
        self.fields = [each.field for each in bad.field_violations] if bad else []


async def refusal(call: Any) -> Refusal:
    """Await a call that must fail."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return Refusal(error)
    raise AssertionError(f"answered with {answer!r}")


async def until(holds: Callable[[], Any]) -> None:
    """Wait until a condition holds."""
    while not holds():
        await asyncio.sleep(0.005)
