import asyncio
import json
import unittest
from pathlib import Path
from typing import Any

import grpc
from echo import (
    SERVICE,
    Echo,
    EchoRequest,
    EchoResponse,
    EchoServiceService,
    Part,
    Running,
    new_platform,
    refusal,
)
from grpc import StatusCode
from larder_platform import MAX_REQUEST_BYTES, RpcError, Service, current_call, store_unavailable

CALLERS = json.loads((Path(__file__).parents[4] / "proto/testdata/callers.json").read_text())
"""Shared with the kits of the other languages."""
INGRESS = {
    "MESH_DEVICE_INGRESS": CALLERS["device_ingress"],
    "MESH_DEVICE_TRUST_DOMAIN": CALLERS["device_trust_domain"],
}


class Request(unittest.IsolatedAsyncioTestCase):
    async def test_reaches_the_handler_and_its_answer_comes_back(self) -> None:
        async with Running() as echo:
            self.assertEqual((await echo.echo("hello")).text, "hello")

    async def test_keeps_a_safe_id_and_gets_one_otherwise(self) -> None:
        async with Running() as echo:
            self.assertEqual((await echo.echo(x_request_id="a.b:C_1-2")).request_id, "a.b:C_1-2")
            for unsafe in ("two words", "x" * 129, 'quo"te', ""):
                got = (await echo.echo(x_request_id=unsafe)).request_id
                self.assertNotEqual(got, unsafe)
                self.assertRegex(got, "^[0-9a-f-]{36}$")

    async def test_that_asks_for_an_unknown_method_is_unimplemented(self) -> None:
        async with Running() as echo:
            self.assertEqual((await refusal(echo.raw(b"", "Nothing"))).code, "UNIMPLEMENTED")


class Caller(unittest.IsolatedAsyncioTestCase):
    async def test_is_whom_the_sidecar_proved_by_what_it_wrote_itself_and_nobody_else_could(self) -> None:
        async with Running(**INGRESS) as echo:
            for case in CALLERS["cases"]:
                header, caller = case["header"], case["caller"]
                self.assertEqual((await echo.echo(x_forwarded_client_cert=header)).caller, caller, case["about"])

    async def test_is_at_a_method_for_devices_the_one_that_their_ingress_speaks_for(self) -> None:
        async with Running(**INGRESS) as echo, Running() as without:
            for case in CALLERS["cases"]:
                header, caller = case["header"], case["at_device_method"]
                told = (await echo.echo(method="maybe", x_forwarded_client_cert=header)).caller
                self.assertEqual(told, caller, case["about"])
                told = (await without.echo(method="maybe", x_forwarded_client_cert=header)).caller
                self.assertEqual(told, case["caller"], case["about"])

    async def test_is_nobody_without_a_sidecar_whatever_other_metadata_says(self) -> None:
        async with Running() as echo:
            self.assertEqual((await echo.echo(x_larder_caller="order", caller="order")).caller, "")


class Validation(unittest.IsolatedAsyncioTestCase):
    async def test_names_every_field_that_breaks_a_rule_before_the_handler(self) -> None:
        called = []

        async def handle(request: EchoRequest) -> EchoResponse:
            called.append(request)
            return EchoResponse()

        async with Running(Echo(handle)) as echo:
            bad = EchoRequest(count=1001, parts=[Part(name="ok"), Part(name="NO")])
            refused = await refusal(echo.client.echo(bad))
            self.assertEqual(
                (refused.code, refused.reason, refused.domain), ("INVALID_ARGUMENT", "INVALID_REQUEST", "echo")
            )
            self.assertEqual(refused.fields, ["text", "count", "parts[1].name"])
            self.assertIn("parts[1].name: ", refused.message)
            self.assertEqual(called, [])

    async def test_names_no_more_fields_than_an_answer_can_hold(self) -> None:
        async with Running() as echo:
            for wrong, named, said in ((16, 16, ""), (17, 16, "; and 1 more"), (1000, 16, "; and 984 more")):
                refused = await refusal(echo.client.echo(EchoRequest(text="a", parts=[Part(name="NO")] * wrong)))
                self.assertEqual((refused.reason, len(refused.fields)), ("INVALID_REQUEST", named))
                self.assertTrue(refused.message.endswith(said))
                self.assertEqual(" more" in refused.message, bool(said))

    async def test_refuses_bytes_that_are_no_message(self) -> None:
        async with Running() as echo:
            refused = await refusal(echo.raw(b"\xff\xff"))
            self.assertEqual((refused.code, refused.reason), ("INVALID_ARGUMENT", "MALFORMED_REQUEST"))

    async def test_refuses_more_than_a_mebibyte_and_says_how_much_there_was(self) -> None:
        async with Running() as echo:
            exact = b"\x0a" + _varint(MAX_REQUEST_BYTES - 4) + b"x" * (MAX_REQUEST_BYTES - 4)
            self.assertEqual(len(exact), MAX_REQUEST_BYTES)
            await echo.raw(exact)
            refused = await refusal(echo.raw(exact + b"\x10\x01"))
            self.assertEqual((refused.code, refused.reason), ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE"))
            self.assertIn(f"{MAX_REQUEST_BYTES + 2} bytes", refused.message)

    async def test_holds_for_every_message_of_a_stream(self) -> None:
        async with Running() as echo:
            chat = echo.client.chat(iter([EchoRequest(text="a"), EchoRequest()]))
            got = []

            async def read() -> None:
                async for each in chat:
                    got.append(each.text)

            refused = await refusal(read())
            self.assertEqual((refused.reason, refused.fields), ("INVALID_REQUEST", ["text"]))
            collected = await refusal(echo.client.collect(iter([EchoRequest()])))
            self.assertEqual(collected.reason, "INVALID_REQUEST")


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


class Failure(unittest.IsolatedAsyncioTestCase):
    async def answered(self, error: Exception):
        async def handle(_: EchoRequest) -> EchoResponse:
            raise error

        async with Running(Echo(handle)) as echo:
            return await refusal(echo.echo()), echo.lines()[-1]

    async def test_of_the_contract_arrives_with_code_reason_domain_and_metadata(self) -> None:
        error = RpcError(StatusCode.NOT_FOUND, "ECHO_GONE", "no echo of ä", {"name": "ä"})
        got, _ = await self.answered(error)
        self.assertEqual((got.code, got.reason, got.domain), ("NOT_FOUND", "ECHO_GONE", "echo"))
        self.assertEqual((got.message, got.metadata), ("no echo of ä", {"name": "ä"}))
        other, _ = await self.answered(RpcError(StatusCode.ABORTED, "X", "x", domain="order"))
        self.assertEqual(other.domain, "order")

    async def test_of_a_store_is_unavailable_and_hides_its_cause(self) -> None:
        async def handle(_: EchoRequest) -> EchoResponse:
            try:
                raise ConnectionError("10.1.2.3 refused")
            except ConnectionError as cause:
                raise store_unavailable("cache") from cause

        async with Running(Echo(handle)) as echo:
            got = await refusal(echo.echo())
            self.assertEqual((got.code, got.reason), ("UNAVAILABLE", "STORE_UNAVAILABLE"))
            self.assertNotIn("10.1.2.3", got.message)
            line = echo.lines()[-1]
            self.assertEqual((line["level"], line["reason"]), ("warn", "STORE_UNAVAILABLE"))
            self.assertIn("10.1.2.3", line["error"])

    async def test_that_nobody_foresaw_is_internal_says_nothing_and_is_logged_once_with_its_cause(self) -> None:
        got, line = await self.answered(ZeroDivisionError("secret"))
        self.assertEqual((got.code, got.message, got.reason), ("INTERNAL", "internal error", ""))
        self.assertEqual(line["level"], "error")
        self.assertIn("ZeroDivisionError: secret", line["error"])

    async def test_is_an_answer_that_does_not_fit_its_message_and_the_server_lives_on(self) -> None:
        answers = [EchoRequest(text="wrong"), EchoResponse(text="right")]

        async def handle(_: EchoRequest):
            return answers.pop(0)

        async with Running(Echo(handle)) as echo:
            self.assertEqual((await refusal(echo.echo())).code, "INTERNAL")
            self.assertEqual((await echo.echo()).text, "right")

    async def test_in_a_stream_comes_after_what_was_sent_before(self) -> None:
        class Breaking(Echo):
            async def count(self, request, context):
                yield EchoResponse(text="one")
                raise RpcError(StatusCode.ABORTED, "BROKE", "broke")

        async with Running(Breaking()) as echo:
            got = []

            async def read() -> None:
                async for each in echo.client.count(EchoRequest(text="a", count=2)):
                    got.append(each.text)

            refused = await refusal(read())
            self.assertEqual((got, refused.code, refused.reason), (["one"], "ABORTED", "BROKE"))


class Deadline(unittest.IsolatedAsyncioTestCase):
    async def test_is_the_callers_or_that_of_the_contract(self) -> None:
        async with Running() as echo:
            own = await echo.client.echo(EchoRequest(text="a"), timeout=50)
            self.assertTrue(1000 < own.remaining_ms <= 50000)
            contracts = await echo.client.echo(EchoRequest(text="a"))
            self.assertTrue(0 < contracts.remaining_ms <= 1000)

    async def test_of_the_contract_ends_a_call_and_cancels_its_handler(self) -> None:
        ended = asyncio.Event()

        async def handle(_: EchoRequest) -> EchoResponse:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with Running(Echo(handle)) as echo:
            refused = await refusal(echo.echo(method="maybe"))
            self.assertEqual(refused.code, "DEADLINE_EXCEEDED")
            await ended.wait()
            self.assertEqual((echo.lines()[-1]["code"], echo.lines()[-1]["level"]), ("DEADLINE_EXCEEDED", "warn"))

    async def test_does_not_take_the_blame_for_a_timeout_of_the_handlers_own(self) -> None:
        async def handle(_: EchoRequest) -> EchoResponse:
            raise TimeoutError("of a store")

        async with Running(Echo(handle)) as echo:
            self.assertEqual((await refusal(echo.echo())).code, "INTERNAL")

    async def test_of_the_contract_ends_a_stream_of_requests_that_never_ends(self) -> None:
        async def endless():
            yield EchoRequest(text="a")
            await asyncio.Event().wait()

        async with Running() as echo:
            self.assertEqual((await refusal(echo.client.collect(endless()))).code, "DEADLINE_EXCEEDED")

    async def test_a_caller_that_leaves_cancels_the_handler_and_is_counted_once(self) -> None:
        entered, ended = asyncio.Event(), asyncio.Event()

        async def handle(_: EchoRequest) -> EchoResponse:
            entered.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with Running(Echo(handle)) as echo:
            call = echo.client.echo(EchoRequest(text="a"), timeout=50)
            waiting = asyncio.ensure_future(_quiet(call))
            await entered.wait()
            call.cancel()
            await ended.wait()
            await waiting
            while not echo.lines():
                await asyncio.sleep(0.005)
            self.assertEqual([line["code"] for line in echo.lines()], ["CANCELLED"])

    async def test_a_reader_that_leaves_ends_the_generator_of_a_stream(self) -> None:
        ended = asyncio.Event()

        class Endless(Echo):
            async def count(self, request, context):
                try:
                    while True:
                        yield EchoResponse(text="x")
                finally:
                    ended.set()

        async with Running(Endless()) as echo:
            stream = echo.client.count(EchoRequest(text="a"), timeout=50)
            async for _ in stream:
                break
            stream.cancel()
            await ended.wait()


async def _quiet(call) -> None:
    try:
        await call
    except (grpc.aio.AioRpcError, asyncio.CancelledError):
        pass


class Streams(unittest.IsolatedAsyncioTestCase):
    async def test_of_answers_of_requests_and_of_both(self) -> None:
        async with Running() as echo:
            counted = [each.text async for each in echo.client.count(EchoRequest(text="n", count=3))]
            self.assertEqual(counted, ["n 1", "n 2", "n 3"])
            two = [EchoRequest(text="a"), EchoRequest(text="b")]
            self.assertEqual((await echo.client.collect(iter(two))).text, "a,b")
            self.assertEqual([each.text async for each in echo.client.chat(iter(two))], ["a!", "b!"])

    async def test_know_the_call_that_they_belong_to(self) -> None:
        class Told(Echo):
            async def count(self, request, context):
                yield EchoResponse(text=current_call().method)

        async with Running(Told()) as echo:
            told = [each.text async for each in echo.client.count(EchoRequest(text="n"))]
            self.assertEqual(told, [f"{SERVICE}/Count"])


class Handlers(unittest.TestCase):
    def test_two_for_one_method_or_none_are_refused_before_anything_listens(self) -> None:
        class Partial(EchoServiceService):
            async def echo(self, request: EchoRequest, context: Any) -> EchoResponse:
                return EchoResponse()

        async def build(*handlers: object) -> None:
            Service(new_platform(), "echo", handlers)

        with self.assertRaisesRegex(ValueError, f"two handlers for {SERVICE}"):
            asyncio.run(build(Echo(), Echo()))
        with self.assertRaisesRegex(ValueError, f"no handler for {SERVICE}/Mine"):
            asyncio.run(build(Partial()))
