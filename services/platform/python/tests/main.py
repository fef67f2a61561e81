"""A whole service for tests. Echo of "slow" says on standard error that it was called, and waits for the file "go"; background
work fails when the file "fail" appears; it is ready unless the file "unready" is there.
"""

import asyncio
import sys
from pathlib import Path

from echo import Echo, EchoRequest, EchoResponse
from larder_platform import Env, Service, run, serve


async def main() -> None:
    env = Env()
    platform = env.platform("KIT")
    env.secret("KIT_DATABASE_URL")
    env.check()
    folder = Path(platform.ops_listen.removeprefix("unix:")).parent

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    async def handle(request: EchoRequest) -> EchoResponse:
        if request.text == "slow":
            say("called")
            while not (folder / "go").exists():
                await asyncio.sleep(0.005)
        return EchoResponse(text=request.text)

    async def ready() -> None:
        if (folder / "unready").exists():
            raise ConnectionError("not yet")

    async def relay() -> None:
        lost = False
        try:
            while not (folder / "fail").exists():
                try:
                    await asyncio.sleep(0.005)
                except asyncio.CancelledError:
                    # As libraries do by mistake: the first one is lost.
                    if lost:
                        raise
                    lost = True
        finally:
            say("relay ended")
        raise RuntimeError("the relay broke")

    async def warm_up() -> None:
        """Is done at once, which ends nothing."""

    async def close() -> None:
        say("closed")

    service = Service(platform, "kit", [Echo(handle)], ready=ready)
    await serve(service, background=[warm_up, relay], close=close)


if __name__ == "__main__":
    run(main)
