import asyncio
import unittest
from collections.abc import Callable, Coroutine
from typing import Any
from unittest import mock

from echo import SERVICE, Echo, EchoRequest, EchoResponse, Running, refusal, until
from larder_contract.grpc.health.v1.health_pb import HealthCheckRequest
from larder_contract.grpc.health.v1.health_pb_grpc import HealthClient
from larder_platform import loop as kit
from larder_platform.loop import Loop


def in_loop(test: Callable[[Any], Coroutine[Any, Any, None]]) -> Callable[[Any], None]:
    """Run a test in a loop of the kit, as services do."""

    def run(self: Any) -> None:
        with asyncio.Runner(loop_factory=Loop) as runner:
            # What waits for nobody and never goes on is a failure, and not the end of all tests.
            runner.run(asyncio.wait_for(test(self), 120))

    return run


class Busy:
    """Keeps the loop from ever having nothing to do. What waits there waits without end, unless `seconds` are over."""

    def __init__(self, seconds: float = 3600.0) -> None:
        self._longest = mock.patch.object(kit, "_LONGEST_SECONDS", seconds)
        self._over = False

    def _again(self) -> None:
        if not self._over:
            asyncio.get_running_loop().call_soon(self._again)

    def __enter__(self) -> None:
        self._longest.start()
        self._again()

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._longest.stop()


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


class WaitingForOthers(unittest.TestCase):
    @in_loop
    async def test_is_over_when_there_is_nothing_else_to_do(self) -> None:
        # An hour from now is no work, and no reason to wait for it.
        later = asyncio.get_running_loop().call_later(3600, lambda: None)
        with mock.patch.object(kit, "_LONGEST_SECONDS", 3600.0):
            await kit.gather()
        later.cancel()

    @in_loop
    async def test_lasts_as_long_as_there_is_and_ends_for_all_at_once(self) -> None:
        with Busy():
            loop = asyncio.get_running_loop()
            waiting = [loop.together() for _ in range(3)]
            await turns(100)
            self.assertEqual([each.done() for each in waiting], [False] * 3)
        await waiting[0]
        self.assertEqual([each.done() for each in waiting], [True] * 3)

    @in_loop
    async def test_is_over_when_enough_wait_and_begins_anew_for_the_next(self) -> None:
        with Busy():
            loop = asyncio.get_running_loop()
            waiting = [loop.together() for _ in range(kit._MOST + 1)]
            self.assertEqual([each.done() for each in waiting], [True] * kit._MOST + [False])

    @in_loop
    async def test_is_over_after_a_while_in_a_loop_that_always_has_something_to_do(self) -> None:
        with Busy(seconds=0.0):
            await kit.gather()

    @in_loop
    async def test_is_nothing_to_one_who_has_gone(self) -> None:
        loop = asyncio.get_running_loop()
        gone, here = loop.together(), loop.together()
        gone.cancel()
        await here

    def test_is_no_waiting_in_another_loop(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(kit.gather())


class Requests(unittest.TestCase):
    @in_loop
    async def test_that_are_small_and_come_in_a_busy_moment_go_on_together(self) -> None:
        called = []

        async def handle(request: EchoRequest) -> EchoResponse:
            called.append(request.text)
            return EchoResponse(text=request.text)

        async with Running(Echo(handle)) as echo:
            with Busy():
                first = [asyncio.ensure_future(echo.echo(f"{each}")) for each in range(kit._MOST - 1)]
                await until(lambda: len(echo.service._shared.open) == kit._MOST - 1)
                self.assertEqual(called, [])
                self.assertEqual((await echo.echo("last")).text, "last")
                self.assertEqual({each.text for each in await asyncio.gather(*first)} | {"last"}, set(called))

    @in_loop
    async def test_wait_for_nobody_if_they_are_large_streams_or_ask_for_the_health(self) -> None:
        async with Running() as echo:
            with Busy():
                large = "x" * 5000
                self.assertEqual((await echo.echo(large)).text, large)
                self.assertEqual(
                    [each.text async for each in echo.client.count(EchoRequest(text="n", count=1))], ["n 1"]
                )
                self.assertEqual((await echo.client.collect(iter([EchoRequest(text="a")]))).text, "a")
                await HealthClient(echo.channel).check(HealthCheckRequest(service=SERVICE))

    @in_loop
    async def test_that_are_given_up_while_they_wait_are_logged_once_and_never_handled(self) -> None:
        async def handle(_: EchoRequest) -> EchoResponse:
            raise AssertionError("handled")

        async with Running(Echo(handle)) as echo:
            with Busy():
                call = echo.client.echo(EchoRequest(text="a"), timeout=50, metadata=[("x-request-id", "r1")])
                await until(lambda: echo.service._shared.open)
                call.cancel()
                await until(lambda: not echo.service._shared.open)
                (line,) = echo.lines()
                self.assertEqual((line["code"], line["request_id"]), ("CANCELLED", "r1"))
                late = await refusal(echo.client.echo(EchoRequest(text="a"), timeout=0.05))
                self.assertEqual(late.code, "DEADLINE_EXCEEDED")
