import asyncio
import os
import re
import unittest
from concurrent import futures
from unittest import mock

import grpc
from echo import SERVICE, Echo, EchoRequest, EchoResponse, Running, refusal
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class LogLine(unittest.IsolatedAsyncioTestCase):
    async def test_of_a_request_has_these_fields_and_no_others(self) -> None:
        async with Running(LARDER_BUILD="b1") as echo:
            header = "URI=spiffe://larder.local/ns/larder/sa/order"
            await echo.echo("private", x_request_id="r1", x_forwarded_client_cert=header, traceparent=PARENT)
            await refusal(echo.echo(""))
            good, refused = echo.lines()
        self.assertIsInstance(good.pop("duration_ms"), float)
        self.assertRegex(good.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(
            good,
            {
                "level": "info",
                "message": "request",
                "workload": "echo",
                "build": "b1",
                "method": f"{SERVICE}/Echo",
                "code": "OK",
                "request_id": "r1",
                "caller": "order",
                "trace_id": TRACE,
            },
        )
        self.assertEqual((refused["code"], refused["reason"]), ("INVALID_ARGUMENT", "INVALID_REQUEST"))
        self.assertNotIn("caller", refused)

    async def test_is_left_out_below_the_level_that_is_asked_for(self) -> None:
        async with Running(ECHO_LOG_LEVEL="error") as echo:
            await echo.echo()
            self.assertEqual(echo.lines(), [])

    async def test_of_a_handler_says_which_request_it_belongs_to(self) -> None:
        async def handle(_: EchoRequest) -> EchoResponse:
            echo.service.log.warning("odd", count=3, absent=None)
            return EchoResponse()

        async with Running(Echo(handle)) as echo:
            await echo.echo(x_request_id="r2")
            odd = echo.lines()[0]
        self.assertEqual((odd["message"], odd["count"], odd["request_id"]), ("odd", 3, "r2"))
        self.assertNotIn("absent", odd)


class MetricsOfCalls(unittest.IsolatedAsyncioTestCase):
    async def test_count_every_answer_once_with_its_code(self) -> None:
        async with Running(LARDER_BUILD="b1") as echo:
            await echo.echo()
            await refusal(echo.echo(""))
            await refusal(echo.echo(""))
            _, text = await echo.page("/metrics")
        common = f'method="Echo",service="{SERVICE}",version="b1",workload="echo"'
        self.assertIn(f'larder_rpc_server_handled_total{{code="OK",{common}}} 1.0', text)
        self.assertIn(f'larder_rpc_server_handled_total{{code="INVALID_ARGUMENT",{common}}} 2.0', text)
        self.assertIn(f"larder_rpc_server_duration_seconds_count{{{common}}} 3.0", text)
        # The same families and buckets as in the other kits.
        self.assertEqual(
            re.findall(r"^# TYPE (larder\w+) (\w+)$", text, re.MULTILINE),
            [("larder_rpc_server_handled_total", "counter"), ("larder_rpc_server_duration_seconds", "histogram")],
        )
        buckets = re.findall(r'^larder_rpc_server_duration_seconds_bucket{le="([^"]+)"', text, re.MULTILINE)
        self.assertEqual(
            [float(each) for each in dict.fromkeys(buckets)],
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, float("inf")],
        )


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.spans = []
        self.resources = []

    def Export(self, request, context):
        for each in request.resource_spans:
            self.resources.append({pair.key: pair.value.string_value for pair in each.resource.attributes})
            self.spans.extend(span for scope in each.scope_spans for span in scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


class Spans(unittest.IsolatedAsyncioTestCase):
    async def test_are_exported_by_the_time_the_service_has_stopped_in_the_trace_of_the_caller(self) -> None:
        collector, server = Collector(), grpc.server(futures.ThreadPoolExecutor(1))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
            # OpenTelemetry reads its own variables by itself.
            with mock.patch.dict(os.environ, endpoint):
                running = Running(**endpoint)
            async with running as echo:
                await echo.echo(traceparent=PARENT)
                await refusal(echo.raw(b"\xff\xff"))
        finally:
            await asyncio.to_thread(server.stop(None).wait)
        good, bad = collector.spans
        self.assertEqual(
            (good.name, good.trace_id.hex(), good.parent_span_id.hex()), (f"{SERVICE}/Echo", TRACE, PARENT[36:52])
        )
        attributes = {pair.key: pair.value.string_value or pair.value.int_value for pair in good.attributes}
        self.assertEqual(
            attributes, {"rpc.system": "grpc", "rpc.service": SERVICE, "rpc.method": "Echo", "rpc.grpc.status_code": 0}
        )
        self.assertNotEqual(bad.trace_id.hex(), TRACE)
        self.assertEqual(collector.resources[0]["service.name"], "echo")
