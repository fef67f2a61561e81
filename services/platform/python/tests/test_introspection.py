import asyncio
import unittest
from typing import Any

from echo import SERVICE, Running, refusal
from larder_contract.grpc.health.v1.health_pb import HealthCheckRequest, HealthCheckResponse, HealthListRequest
from larder_contract.grpc.health.v1.health_pb_grpc import HealthClient
from larder_contract.grpc.reflection.v1 import reflection_pb
from larder_contract.grpc.reflection.v1.reflection_pb_grpc import ServerReflectionClient
from larder_contract.grpc.reflection.v1alpha import reflection_pb as alpha_pb
from larder_contract.grpc.reflection.v1alpha.reflection_pb_grpc import ServerReflectionClient as AlphaClient
from protobuf import Oneof
from protobuf.wkt import FileDescriptorProto

Status = HealthCheckResponse.ServingStatus


class HealthOfServices(unittest.IsolatedAsyncioTestCase):
    async def test_is_serving_for_the_server_and_for_each_of_its_services(self) -> None:
        async with Running() as echo:
            health = HealthClient(echo.channel)
            for name in ("", SERVICE):
                self.assertIs((await health.check(HealthCheckRequest(service=name))).status, Status.SERVING)
            listed = (await health.list(HealthListRequest())).statuses
            self.assertEqual(
                {name: each.status for name, each in listed.items()}, {"": Status.SERVING, SERVICE: Status.SERVING}
            )
            self.assertEqual(echo.lines(), [])

    async def test_is_not_found_for_a_service_that_is_not_there(self) -> None:
        async with Running() as echo:
            got = await refusal(HealthClient(echo.channel).check(HealthCheckRequest(service="x.Y")))
            self.assertEqual(got.code, "NOT_FOUND")
            watch = HealthClient(echo.channel).watch(HealthCheckRequest(service="x.Y"))
            self.assertIs((await anext(aiter(watch))).status, Status.SERVICE_UNKNOWN)
            watch.cancel()

    async def test_is_told_to_a_watcher_who_holds_up_no_drain(self) -> None:
        async with Running() as echo:
            watch = aiter(HealthClient(echo.channel).watch(HealthCheckRequest(service=SERVICE)))
            self.assertIs((await anext(watch)).status, Status.SERVING)
            draining = asyncio.create_task(echo.service.drain())
            self.assertIs((await anext(watch)).status, Status.NOT_SERVING)
            ended = await refusal(anext(watch))
            self.assertEqual((ended.code, ended.reason), ("UNAVAILABLE", "SHUTTING_DOWN"))
            await draining


class Reflection(unittest.IsolatedAsyncioTestCase):
    async def ask(self, version: Any, client: Any, question: Oneof) -> Any:
        async with Running() as echo:
            request = version.ServerReflectionRequest(host="h", message_request=question)
            answers = client(echo.channel).server_reflection_info(iter([request]))
            (answer,) = [each async for each in answers]
            self.assertEqual((answer.valid_host, answer.original_request), ("h", request))
            return answer.message_response

    async def test_lists_every_service_in_both_versions(self) -> None:
        for version, client in ((reflection_pb, ServerReflectionClient), (alpha_pb, AlphaClient)):
            got = await self.ask(version, client, Oneof("list_services", ""))
            names = [each.name for each in got.value.service]
            reflections = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
            self.assertEqual(names, sorted([SERVICE, "grpc.health.v1.Health", *reflections]))

    async def test_finds_the_file_of_a_service_a_method_a_field_and_a_name_with_all_that_it_imports(self) -> None:
        path = "kit/echo/v1/echo_service.proto"
        questions = [
            Oneof("file_containing_symbol", SERVICE),
            Oneof("file_containing_symbol", f"{SERVICE}.Echo"),
            Oneof("file_containing_symbol", "kit.echo.v1.EchoRequest.text"),
            Oneof("file_by_filename", path),
        ]
        for question in questions:
            got = await self.ask(reflection_pb, ServerReflectionClient, question)
            files = [FileDescriptorProto.from_binary(each) for each in got.value.file_descriptor_proto]
            self.assertEqual(files[0].name, path)
            names = {each.name for each in files}
            self.assertLessEqual({"mesh/v1/policy.proto", "buf/validate/validate.proto"}, names)
            self.assertLessEqual({name for each in files for name in each.dependency}, names)

    async def test_finds_an_extension_by_its_number(self) -> None:
        options = "google.protobuf.MethodOptions"
        numbers = await self.ask(reflection_pb, ServerReflectionClient, Oneof("all_extension_numbers_of_type", options))
        self.assertEqual(numbers.value.extension_number, [276310004])
        asked = reflection_pb.ExtensionRequest(containing_type=options, extension_number=276310004)
        got = await self.ask(reflection_pb, ServerReflectionClient, Oneof("file_containing_extension", asked))
        first = FileDescriptorProto.from_binary(got.value.file_descriptor_proto[0])
        self.assertEqual(first.name, "mesh/v1/policy.proto")

    async def test_says_what_it_does_not_find(self) -> None:
        asked = reflection_pb.ExtensionRequest(containing_type="a.B", extension_number=1)
        questions = [
            Oneof("file_containing_symbol", "no.Such"),
            Oneof("file_by_filename", "no.proto"),
            Oneof("file_containing_extension", asked),
            Oneof("all_extension_numbers_of_type", "a.B"),
        ]
        for question in questions:
            got = await self.ask(reflection_pb, ServerReflectionClient, question)
            self.assertEqual((got.field, got.value.error_code), ("error_response", 5))
        nothing = await self.ask(reflection_pb, ServerReflectionClient, None)
        self.assertEqual(nothing.value.error_code, 3)
