"""How a stream without a message ends. A second of silence is too much, as the contract of the kit's tests says."""

import asyncio
import unittest

import grpc
from echo import Echo, EchoRequest, EchoResponse, Running, refusal


class Silence(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        # The clock of the loop stands still, but for what a test adds to it.
        loop = asyncio.get_running_loop()
        now = loop.time()
        self.passed = 0.0
        loop.time = lambda: now + self.passed

    async def test_ends_a_stream_that_had_no_message_for_as_long_as_the_contract_says(self) -> None:
        ended = asyncio.Event()

        class Waiting(Echo):
            async def count(self, request, context):
                yield EchoResponse(text="one")
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()

        async with Running(Waiting()) as echo:
            stream = echo.client.count(EchoRequest(text="a"))
            self.assertEqual((await stream.read()).text, "one")
            self.passed += 1.1
            refused = await refusal(stream.read())
            self.assertEqual((refused.code, refused.message), ("DEADLINE_EXCEEDED", "the call was silent for too long"))
            await ended.wait()
            self.assertEqual([line["code"] for line in echo.lines()], ["DEADLINE_EXCEEDED"])

    async def test_is_broken_by_each_request(self) -> None:
        heard = asyncio.Event()

        class Listening(Echo):
            async def chat(self, request, context):
                async for _ in request:
                    heard.set()
                yield EchoResponse(text="all heard")

        async def requests():
            for _ in range(5):
                yield EchoRequest(text="a")
                await heard.wait()
                heard.clear()
                self.passed += 0.9

        async with Running(Listening()) as echo:
            self.assertEqual([each.text async for each in echo.client.chat(requests())], ["all heard"])

    async def test_is_broken_by_each_answer(self) -> None:
        more = asyncio.Event()

        class Talking(Echo):
            async def count(self, request, context):
                for _ in range(5):
                    yield EchoResponse(text="on")
                    await more.wait()
                    more.clear()

        async with Running(Talking()) as echo:
            stream = echo.client.count(EchoRequest(text="a"))
            for _ in range(5):
                self.assertEqual((await stream.read()).text, "on")
                self.passed += 0.9
                more.set()
            self.assertEqual(await stream.read(), grpc.aio.EOF)
