import asyncio
import json
import os
import signal
import socket
import stat
import sys
import unittest
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import grpc
from echo import SERVICE, EchoRequest, EchoServiceClient, Refusal, Running, new_folder, page, refusal, until
from larder_contract.grpc.health.v1.health_pb import HealthCheckRequest
from larder_contract.grpc.health.v1.health_pb_grpc import HealthClient

MAIN = Path(__file__).with_name("main.py")


class Process:
    """A child that runs main.py. Standard error is read line by line, standard output when it has ended."""

    async def start(self, **changed: str) -> "Process":
        self.folder = new_folder()
        sockets = {"KIT_LISTEN": f"unix:{self.folder}/app.sock", "KIT_OPS_LISTEN": f"unix:{self.folder}/ops.sock"}
        settings = {**sockets, "KIT_DATABASE_URL": "x", **changed}
        self.address, self.ops = settings["KIT_LISTEN"], settings["KIT_OPS_LISTEN"]
        pipe = asyncio.subprocess.PIPE
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, MAIN, env={**os.environ, **settings}, stdout=pipe, stderr=pipe
        )
        return self

    async def serving(self, **changed: str) -> "Process":
        await self.start(**changed)
        self.channel = grpc.aio.insecure_channel(self.address)
        health = HealthClient(self.channel)
        await health.check(HealthCheckRequest(service=SERVICE), wait_for_ready=True)
        self.client = EchoServiceClient(self.channel)
        return self

    async def line(self) -> str:
        return (await self.child.stderr.readline()).decode().rstrip()

    async def slow(self) -> "asyncio.Future":
        """Begin a call that waits until `go`."""
        call = asyncio.ensure_future(_answer(self.client.echo(EchoRequest(text="slow"), timeout=60)))
        assert await self.line() == "called"
        return call

    def touch(self, name: str) -> None:
        (self.folder / name).touch()

    async def ended(self) -> tuple[int, list[str], list[dict]]:
        """Return the exit code, the rest of standard error, and the log."""
        out, err = await self.child.communicate()
        if hasattr(self, "channel"):
            await self.channel.close()
        return (
            self.child.returncode,
            err.decode().splitlines(),
            [json.loads(line) for line in out.decode().splitlines()],
        )


async def _answer(call) -> str:
    return (await call).text


class Life(unittest.IsolatedAsyncioTestCase):
    async def test_sigterm_lets_the_call_in_progress_finish_stops_in_order_and_exits_0(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            kit = await Process().serving()
            call = await kit.slow()
            kit.child.send_signal(number)
            # Channels to one address share connections otherwise.
            fresh = grpc.aio.insecure_channel(kit.address, options=[("grpc.use_local_subchannel_pool", 1)])
            for client in (kit.client, EchoServiceClient(fresh)):
                refused = await _first_refusal(client)
                self.assertEqual((refused.code, refused.reason), ("UNAVAILABLE", "SHUTTING_DOWN"))
            await fresh.close()
            kit.touch("go")
            self.assertEqual(await call, "slow")
            code, errors, log = await kit.ended()
            self.assertEqual((code, errors), (0, ["relay ended", "closed"]))
            life = [line["message"] for line in log if line["message"] != "request"]
            self.assertEqual(life, ["serving", "draining", "stopped"])

    async def test_callers_that_go_on_while_it_ends_are_told_what_may_be_tried_again(self) -> None:
        kit = await Process().serving(KIT_LOG_LEVEL="error")
        slow = await kit.slow()
        codes = Counter()
        ended = asyncio.create_task(kit.child.wait())

        async def go_on() -> None:
            while not ended.done():
                try:
                    await kit.client.echo(EchoRequest(text="a"), timeout=60)
                    codes["OK"] += 1
                except grpc.aio.AioRpcError as error:
                    codes[error.code().name] += 1

        callers = [asyncio.create_task(go_on()) for _ in range(8)]
        await until(lambda: codes["OK"] > 50)
        kit.child.terminate()
        await until(lambda: codes["UNAVAILABLE"] > 50)
        kit.touch("go")
        self.assertEqual(await slow, "slow")
        await asyncio.gather(*callers)
        self.assertEqual(set(codes), {"OK", "UNAVAILABLE"})
        self.assertEqual((await kit.ended())[:2], (0, ["relay ended", "closed"]))

    async def test_a_call_that_outlasts_the_drain_is_told_so(self) -> None:
        kit = await Process().serving(KIT_DRAIN_SECONDS="0.1")
        call = await kit.slow()
        kit.child.terminate()
        refused = await refusal(call)
        self.assertEqual((refused.code, refused.reason), ("UNAVAILABLE", "SHUTTING_DOWN"))
        code, _, log = await kit.ended()
        self.assertEqual(code, 0)
        self.assertIn("calls were cut off", [line["message"] for line in log])

    async def test_settings_that_are_wrong_are_a_line_each_and_exit_64_before_anything_listens(self) -> None:
        kit = await Process().start(KIT_DATABASE_URL="", KIT_LISTEN="nowhere")
        code, errors, log = await kit.ended()
        listen = 'KIT_LISTEN must be unix:/absolute/path or host:port, not "nowhere"'
        self.assertEqual((code, errors, log), (64, [listen, "KIT_DATABASE_URL is not set"], []))
        self.assertEqual(list(kit.folder.iterdir()), [])

    async def test_background_work_that_fails_ends_the_process_with_1_after_the_same_drain(self) -> None:
        kit = await Process().serving()
        call = await kit.slow()
        kit.touch("fail")
        self.assertEqual(await kit.line(), "relay ended")
        kit.touch("go")
        self.assertEqual(await call, "slow")
        code, errors, log = await kit.ended()
        self.assertEqual((code, errors), (1, ["closed", "RuntimeError: the relay broke"]))
        self.assertIn("ending", [line["message"] for line in log])

    async def test_a_socket_that_a_dead_process_left_is_replaced_and_one_in_use_is_not(self) -> None:
        first = await Process().serving()
        second = await Process().start(KIT_LISTEN=first.address)
        code, errors, _ = await second.ended()
        self.assertEqual(code, 1)
        self.assertIn(f"{first.address} is in use", "\n".join(errors))
        self.assertEqual(await _answer(first.client.echo(EchoRequest(text="alive"))), "alive")
        first.child.kill()
        await first.ended()
        self.assertTrue((first.folder / "app.sock").exists())
        third = await Process().serving(KIT_LISTEN=first.address, KIT_OPS_LISTEN=first.ops)
        self.assertTrue(_connects(first.folder / "app.sock"))
        third.child.terminate()
        self.assertEqual((await third.ended())[0], 0)

    async def test_a_port_in_use_is_one_line_and_exit_1(self) -> None:
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        address = f"127.0.0.1:{taken.sockets[0].getsockname()[1]}"
        code, errors, _ = await (await Process().start(KIT_LISTEN=address)).ended()
        taken.close()
        self.assertEqual(code, 1)
        self.assertIn(f"OSError: {address} is in use, or cannot be listened on", errors)

    async def test_the_folder_of_a_socket_is_closed_to_others(self) -> None:
        folder = new_folder() / "deeper"
        kit = await Process().serving(KIT_OPS_LISTEN=f"unix:{folder}/ops.sock")
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        kit.child.terminate()
        await kit.ended()

    async def test_it_listens_on_tcp_as_well_where_the_port_may_be_found_by_the_system(self) -> None:
        async with Running(ECHO_LISTEN="127.0.0.1:0", ECHO_OPS_LISTEN="127.0.0.1:0") as echo:
            for address in (echo.address, echo.service.ops_address):
                self.assertRegex(address, r"^127\.0\.0\.1:[1-9]\d+$")
            self.assertEqual((await echo.echo("tcp")).text, "tcp")
            self.assertEqual(await echo.page("/healthz"), (200, '{"alive": true}\n'))


class PagesForOperations(unittest.IsolatedAsyncioTestCase):
    async def test_say_whether_it_lives_and_can_work_and_what_it_is(self) -> None:
        kit = await Process().serving(LARDER_BUILD="b7")
        self.assertEqual(await page(kit.ops, "/healthz"), (200, '{"alive": true}\n'))
        self.assertEqual(await page(kit.ops, "/readyz?verbose"), (200, '{"ready": true}\n'))
        about = {"service": "kit", "build": "b7", "contract": version("larder-contract")}
        status, body = await page(kit.ops, "/version")
        self.assertEqual((status, json.loads(body)), (200, about))
        status, body = await page(kit.ops, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("process_cpu_seconds_total", body)
        kit.touch("unready")
        self.assertEqual((await page(kit.ops, "/readyz"))[0], 503)
        self.assertEqual((await page(kit.ops, "/healthz"))[0], 200)
        self.assertEqual((await page(kit.ops, "/nothing"))[0], 404)
        self.assertEqual((await page(kit.ops, "/healthz", "POST"))[0], 405)
        kit.child.terminate()
        await kit.ended()

    async def test_are_not_ready_before_it_serves_and_while_it_drains(self) -> None:
        async with Running() as echo:
            self.assertEqual((await echo.page("/readyz"))[0], 200)
            echo.service.serving(False)
            self.assertEqual((await echo.page("/readyz"))[0], 503)


async def _first_refusal(client: EchoServiceClient) -> Refusal:
    while True:
        try:
            await client.echo(EchoRequest(text="b"), timeout=60)
        except grpc.aio.AioRpcError as error:
            return Refusal(error)


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
