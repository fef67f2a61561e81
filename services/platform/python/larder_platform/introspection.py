"""What tools ask a server: is it well (grpc.health.v1), and what does it offer (reflection v1 and v1alpha)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import ModuleType
from typing import Any

from grpc import StatusCode
from larder_contract.grpc.health.v1.health_pb import (
    HealthCheckRequest,
    HealthCheckResponse,
    HealthListRequest,
    HealthListResponse,
)
from larder_contract.grpc.health.v1.health_pb_grpc import HealthService
from larder_contract.grpc.reflection.v1 import reflection_pb
from larder_contract.grpc.reflection.v1.reflection_pb_grpc import ServerReflectionService
from larder_contract.grpc.reflection.v1alpha import reflection_pb as reflection_alpha_pb
from larder_contract.grpc.reflection.v1alpha.reflection_pb_grpc import (
    ServerReflectionService as ServerReflectionAlphaService,
)
from protobuf import DescFile, DescService, Oneof, Registry

from .errors import RpcError

Status = HealthCheckResponse.ServingStatus


class Health(HealthService):
    """The health of a server: NOT_SERVING until told otherwise. The empty name stands for the server as a whole."""

    def __init__(self, services: Iterable[str]) -> None:
        self._names = frozenset(["", *services])
        self._changed = asyncio.Event()
        self.serving = False

    def set(self, *, serving: bool) -> None:
        """Tell everybody who watches."""
        self.serving = serving
        self._changed.set()
        self._changed = asyncio.Event()

    def _status(self) -> Status:
        return Status.SERVING if self.serving else Status.NOT_SERVING

    async def check(self, request: HealthCheckRequest, context: Any) -> HealthCheckResponse:
        """Answer NOT_FOUND for a service that is not there."""
        if request.service not in self._names:
            raise RpcError(StatusCode.NOT_FOUND, "SERVICE_UNKNOWN", "the server has no service of that name")
        return HealthCheckResponse(status=self._status())

    async def list(self, request: HealthListRequest, context: Any) -> HealthListResponse:
        """Answer for every service."""
        return HealthListResponse(statuses={name: HealthCheckResponse(status=self._status()) for name in self._names})

    async def watch(self, request: HealthCheckRequest, context: Any) -> AsyncIterator[HealthCheckResponse]:
        """Tell every change once; SERVICE_UNKNOWN, and then nothing, for a service that is not there."""
        told = None
        while True:
            changed = self._changed
            status = self._status() if request.service in self._names else Status.SERVICE_UNKNOWN
            if status is not told:
                yield HealthCheckResponse(status=status)
            told = status
            await changed.wait()


def reflection(services: Iterable[DescService]) -> list[Any]:
    """Make the handlers of both versions of reflection, for the services given and for reflection itself."""
    own = [module.desc().services[0] for module in (reflection_pb, reflection_alpha_pb)]
    index = _Index([*services, *own])

    class Reflection(ServerReflectionService):
        async def server_reflection_info(self, request: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
            async for each in request:
                yield index.answer(each, reflection_pb)

    class ReflectionAlpha(ServerReflectionAlphaService):
        async def server_reflection_info(self, request: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
            async for each in request:
                yield index.answer(each, reflection_alpha_pb)

    return [Reflection(), ReflectionAlpha()]


class _Index:
    def __init__(self, services: list[DescService]) -> None:
        self._names = sorted(service.type_name for service in services)
        self._registry = Registry(*(service.file for service in services))
        self._files: dict[str, DescFile] = {}
        for found in self._registry:
            if isinstance(found, DescFile):
                for message in found.messages:
                    self._files[message.type_name] = found
                for each in (*found.enums, *found.services, *found.extensions):
                    self._files[each.type_name] = found

    def answer(self, request: Any, version: ModuleType) -> Any:
        """Answer in the messages of a version: the two differ in nothing but their names."""
        asked = request.message_request
        case, value = (asked.field, asked.value) if asked else ("", None)
        match case:
            case "list_services":
                listed = [version.ServiceResponse(name=name) for name in self._names]
                response = Oneof("list_services_response", version.ListServiceResponse(service=listed))
            case "file_by_filename":
                response = self._found(self._registry.file(value), version)
            case "file_containing_symbol":
                response = self._found(self._file_of(value), version)
            case "file_containing_extension":
                extension = self._registry.extension_for(value.containing_type, value.extension_number)
                response = self._found(extension and self._file_of(extension.type_name), version)
            case "all_extension_numbers_of_type":
                response = self._numbers(value, version)
            case _:
                response = _error(version, StatusCode.INVALID_ARGUMENT, "nothing asked")
        return version.ServerReflectionResponse(
            valid_host=request.host, original_request=request, message_response=response
        )

    def _file_of(self, symbol: str) -> DescFile | None:
        # A nested type, method, field or enum value is found in the file of the type that holds it.
        while symbol and symbol not in self._files:
            symbol = symbol.rpartition(".")[0]
        return self._files.get(symbol)

    def _found(self, file: DescFile | None, version: ModuleType) -> Oneof:
        if file is None:
            return _error(version, StatusCode.NOT_FOUND, "not found")
        closure: dict[str, bytes] = {}

        def visit(each: DescFile) -> None:
            if each.name not in closure:
                closure[each.name] = each.proto.to_binary()
                for dependency in each.dependencies:
                    visit(dependency)

        visit(file)
        files = version.FileDescriptorResponse(file_descriptor_proto=list(closure.values()))
        return Oneof("file_descriptor_response", files)

    def _numbers(self, name: str, version: ModuleType) -> Oneof:
        if not self._registry.message(name):
            return _error(version, StatusCode.NOT_FOUND, "not found")
        numbers = [extension.number for extension in self._registry.extensions_for(name)]
        response = version.ExtensionNumberResponse(base_type_name=name, extension_number=numbers)
        return Oneof("all_extension_numbers_response", response)


def _error(version: ModuleType, code: StatusCode, message: str) -> Oneof:
    return Oneof("error_response", version.ErrorResponse(error_code=code.value[0], error_message=message))
