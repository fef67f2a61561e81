"""What happens around every handler, in one pass: request id, peer identity, trace, deadline, the end user, validation,
and in the end the answer, one log line and the metrics. All that a method needs is worked out when the service starts.
"""

import asyncio
import inspect
import json
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
from grpc import StatusCode
from larder_contract.mesh.v1.policy_pb import EndUser, MethodPolicy, ext_method
from protobuf import DescMethod, DescService, Message
from protovalidate import ValidationError, Validator

from .call import Call, calls, safe_id
from .errors import DETAILS, RpcError, broken_rules, shutting_down, status_of
from .loop import gather
from .telemetry import Log, Metrics, Tracing, trace_context
from .user import UserVerifier

MAX_REQUEST_BYTES = 1 << 20
"""The largest request that is accepted."""
# What a larger request costs is its own size, and no others need wait for it.
_SMALL_BYTES = 4 << 10

_LEVELS = {
    **dict.fromkeys((StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS), "error"),
    **dict.fromkeys((StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED), "warn"),
}


@dataclass(slots=True)
class Shared:
    """What all methods of a server share."""

    workload: str
    log: Log
    metrics: Metrics
    caller_of: Callable[[str, bool], str]
    verifier: UserVerifier
    tracing: Tracing | None = None
    validator: Validator = field(default_factory=Validator)
    # The requests in progress that a drain waits for, and those of health and reflection, which it ends.
    open: set["Exchange"] = field(default_factory=set)
    machinery: set["Exchange"] = field(default_factory=set)
    # Set by a drain: no call is welcome any more.
    draining: bool = False


class Method:
    """What is known about a method before it is called. `quiet`: health and reflection, not logged, counted or waited for."""

    def __init__(self, shared: Shared, descriptor: DescMethod, *, quiet: bool) -> None:
        self.shared = shared
        self.quiet = quiet
        self.name = f"{descriptor.parent.type_name}/{descriptor.name}"
        options = descriptor.proto.options
        policy = options[ext_method] if options and ext_method in options else MethodPolicy()
        self.end_user = policy.end_user
        self.for_devices = "@device" in policy.callers
        self.scopes = tuple(policy.scopes)
        self.limit = (policy.deadline_ms or (policy.stream.max_ms if policy.stream else 0)) / 1000 or None
        self.idle = (policy.stream.idle_ms if policy.stream else 0) / 1000 or None
        self._parse = descriptor.input.type.from_binary
        self._input = descriptor.input.type_name
        self._output = descriptor.output.type
        self.count = None if quiet else shared.metrics.of_method(descriptor.parent.type_name, descriptor.name)
        # Rules that do not compile are to be known before anything listens.
        shared.validator.collect_violations(descriptor.input.type())

    def accept(self, data: bytes) -> Message:
        """Decode a request, and refuse it if it is too large, no message, or breaks the rules of the contract."""
        if len(data) > MAX_REQUEST_BYTES:
            text = f"the request has {len(data)} bytes, at most {MAX_REQUEST_BYTES} are accepted"
            raise RpcError(StatusCode.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", text)
        try:
            message = self._parse(data)
        except ValueError as cause:
            text = f"the request is not a {self._input}"
            raise RpcError(StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", text) from cause
        try:
            self.shared.validator.validate(message)
        except ValidationError as broken:
            raise broken_rules(broken.violations) from None
        return message

    def encode(self, answer: object) -> bytes:
        """Encode an answer; one of another type is a fault of the handler."""
        if not isinstance(answer, self._output):
            raise TypeError(f"{self.name} answered with {type(answer).__name__}")
        return answer.to_binary()


class Exchange:
    """One request, from its arrival to the only answer it gets."""

    def __init__(self, method: Method, context: grpc.aio.ServicerContext) -> None:
        self._method = method
        self._context = context
        self._started = time.monotonic()
        self.task = asyncio.current_task()
        self._span = None
        self._silence: Silence | None = None
        self._settled = False
        self._refused: RpcError | None = None
        self.call: Call | None = None
        self.limit: float | None = None
        peers = method.shared.machinery if method.quiet else method.shared.open
        peers.add(self)
        # When its answer has left, and not before.
        self.task.add_done_callback(lambda _: peers.discard(self))

    def begin(self) -> None:
        """Read what came with the request, and let its handler know."""
        method, shared, context = self._method, self._method.shared, self._context
        headers = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        remaining = context.time_remaining()
        if remaining is None and method.limit:
            remaining = self.limit = method.limit
        self.assertion = headers.get("x-larder-user", "")
        peer = headers.get("x-forwarded-client-cert")
        self.call = Call(
            method.name,
            shared.caller_of(peer, method.for_devices) if peer else "",
            safe_id(headers.get("x-request-id", "")),
            None if remaining is None else time.monotonic() + remaining,
            trace_context(headers.get("traceparent", "")),
        )
        if shared.tracing and not method.quiet:
            self._span, self.call.traceparent = shared.tracing.begin(method.name, self.call.traceparent)
        calls.set(self.call)
        self._silence = Silence(method.idle, self.refuse) if method.idle else None

    def admit(self) -> None:
        """Refuse a call that comes too late, or lacks the user its contract asks for."""
        method = self._method
        if method.shared.draining and not method.quiet:
            raise shutting_down()
        if method.end_user is EndUser.UNSPECIFIED or (method.end_user is EndUser.OPTIONAL and not self.assertion):
            return
        if not self.assertion:
            raise RpcError(
                StatusCode.UNAUTHENTICATED, "USER_ASSERTION_MISSING", "the call must be made for an end user"
            )
        user = method.shared.verifier.verify(self.assertion)
        missing = [scope for scope in method.scopes if scope not in user.scopes]
        if missing:
            text = f"the end user has not been granted {' '.join(missing)}"
            raise RpcError(StatusCode.PERMISSION_DENIED, "USER_SCOPE_MISSING", text)
        self.call.user = user

    def heard(self) -> None:
        """Tell of a message of either side: the silence of a stream begins anew."""
        if self._silence:
            self._silence.broken()

    def refuse(self, error: RpcError) -> None:
        """End a request whose handler is not waited for any longer."""
        if not self._settled and not self._refused:
            self._refused = error
            self.task.cancel()

    def succeed(self) -> None:
        """End a request that has its answer."""
        self._settle(StatusCode.OK, None)

    async def fail(self, error: BaseException) -> None:
        """Answer with a failure; never returns."""
        if self.call is None:
            self.begin()
        answer = self._answer_to(error)
        gone = isinstance(error, asyncio.CancelledError) and not self._refused
        self._settle(answer.code, answer)
        if gone:
            raise error
        if self._refused:
            self.task.uncancel()
        trailer = ((DETAILS, status_of(answer, self._method.shared.workload)),)
        await self._context.abort(answer.code, answer.message, trailer)

    def _answer_to(self, error: BaseException) -> RpcError:
        if isinstance(error, RpcError):
            return error
        if self._refused:
            return self._refused
        # A timer may fire a little before its time.
        if isinstance(error, (asyncio.CancelledError, LateError)):
            if isinstance(error, LateError) or self.call.remaining() <= 0.001:
                return RpcError(StatusCode.DEADLINE_EXCEEDED, "", "the deadline has passed")
            return RpcError(StatusCode.CANCELLED, "", "the caller has gone")
        unknown = RpcError(StatusCode.INTERNAL, "", "internal error")
        unknown.__cause__ = error
        return unknown

    def _settle(self, code: StatusCode, error: RpcError | None) -> None:
        self._settled = True
        if self._silence:
            self._silence.over()
        method, shared = self._method, self._method.shared
        if method.quiet:
            return
        seconds = time.monotonic() - self._started
        method.count(code, seconds)
        level = _LEVELS.get(code, "info")
        if self._span:
            Tracing.end(self._span, code, failed=level != "info")
        if shared.log.writes(level):
            shared.log.put(level, "request", self._fields(code, seconds, error))

    # Put together by hand: the fields are few, and none of them can hold a quote but the caller and those of an error.
    def _fields(self, code: StatusCode, seconds: float, error: RpcError | None) -> str:
        call = self.call
        text = f'"method":"{call.method}","code":"{code.name}","duration_ms":{seconds * 1000:.3f},"request_id":"{call.request_id}"'
        if call.caller:
            text += f',"caller":{json.dumps(call.caller)}'
        if call.traceparent:
            text += f',"trace_id":"{call.trace_id}"'
        if error and error.reason:
            text += f',"reason":{json.dumps(error.reason)}'
        if error and error.__cause__:
            text += f',"error":{json.dumps("".join(traceback.format_exception(error.__cause__)).rstrip())}'
        return text


class Silence:
    """The time since the last message of a stream. When it has lasted `longest` seconds, the stream is refused."""

    def __init__(self, longest: float, refuse: Callable[[RpcError], None]) -> None:
        self._longest = longest
        self._refuse = refuse
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._timer = self._loop.call_at(self._since + longest, self._look)

    def broken(self) -> None:
        """Begin anew."""
        # The timer looks again when it is due: to set it anew for each message would cost more than most of them.
        self._since = self._loop.time()

    def over(self) -> None:
        """Stop counting."""
        self._timer.cancel()

    def _look(self) -> None:
        end = self._since + self._longest
        if self._loop.time() < end:
            self._timer = self._loop.call_at(end, self._look)
        else:
            self._refuse(RpcError(StatusCode.DEADLINE_EXCEEDED, "", "the call was silent for too long"))


class LateError(Exception):
    """The deadline of the contract has passed, for a caller that set none."""


async def _within(limit: float | None, work: Awaitable[Any]) -> Any:
    if limit is None:
        return await work
    try:
        async with asyncio.timeout(limit) as timer:
            return await work
    except TimeoutError:
        if timer.expired():
            raise LateError from None
        raise


class Registrar:
    """Stands where generated code expects a server, and puts the interceptors around every handler that comes by."""

    def __init__(self, server: grpc.aio.Server, shared: Shared) -> None:
        self._server = server
        self._shared = shared
        self._services: dict[str, DescService] = {}
        self.descriptors: list[DescService] = []

    def add(self, handler: Any, *, quiet: bool = False) -> None:
        """Register an object whose class extends a generated service."""
        self._generated = next(each for each in type(handler).__mro__ if "add_to_server" in vars(each))
        messages = sys.modules[self._generated.__module__.removesuffix("_grpc")]
        self._services = {service.type_name: service for service in messages.desc().services}
        self._quiet = quiet
        handler.add_to_server(self)

    def add_generic_rpc_handlers(self, handlers: tuple[grpc.ServiceRpcHandler, ...]) -> None:
        """Take what generated code registers."""
        for handler in handlers:
            descriptor = self._services[handler.service_name()]
            if descriptor in self.descriptors:
                raise ValueError(f"two handlers for {descriptor.type_name}")
            self.descriptors.append(descriptor)
            around = {each.name: self._around(handler, each) for each in descriptor.methods}
            generic = grpc.method_handlers_generic_handler(descriptor.type_name, around)
            self._server.add_generic_rpc_handlers((generic,))

    def _around(self, handler: grpc.ServiceRpcHandler, descriptor: DescMethod) -> grpc.RpcMethodHandler:
        method = Method(self._shared, descriptor, quiet=self._quiet)
        found = handler.service(_Details(f"/{method.name}"))
        handle = found.unary_unary or found.unary_stream or found.stream_unary or found.stream_stream
        if handle.__func__ in vars(self._generated).values():
            raise ValueError(f"no handler for {method.name}")
        match descriptor.method_kind:
            case "unary":
                return grpc.unary_unary_rpc_method_handler(_answering(method, handle, _one))
            case "client_streaming":
                return grpc.stream_unary_rpc_method_handler(_answering(method, handle, _many))
            case "server_streaming":
                return grpc.unary_stream_rpc_method_handler(_streaming(method, handle, _one))
            case _:
                return grpc.stream_stream_rpc_method_handler(_streaming(method, handle, _many))


@dataclass(frozen=True)
class _Details(grpc.HandlerCallDetails):
    method: str
    invocation_metadata: tuple = ()


def _one(method: Method, data: bytes, _: Exchange) -> Message:
    return method.accept(data)


async def _many(method: Method, requests: AsyncIterator[bytes], exchange: Exchange) -> AsyncIterator[Message]:
    async for data in requests:
        exchange.heard()
        yield method.accept(data)


# What handles a call either returns its answer or is an asynchronous generator of answers.
def _answering(method: Method, handle: Callable[..., Awaitable[Any]], accept: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(incoming: Any, context: grpc.aio.ServicerContext) -> bytes:
        exchange = Exchange(method, context)
        try:
            if not method.quiet and isinstance(incoming, bytes) and len(incoming) <= _SMALL_BYTES:
                await gather()
            exchange.begin()
            exchange.admit()
            request = accept(method, incoming, exchange)
            if exchange.limit is None:
                encoded = method.encode(await handle(request, context))
            else:
                encoded = method.encode(await _within(exchange.limit, handle(request, context)))
        except BaseException as error:
            await exchange.fail(error)
            raise
        exchange.succeed()
        return encoded

    return answer


def _streaming(method: Method, handle: Callable[..., Any], accept: Callable[..., Any]) -> Callable[..., Any]:
    if not inspect.isasyncgenfunction(handle):
        raise TypeError(f"{method.name} must be an asynchronous generator")

    # Not a generator itself: a cancellation then always arrives here, also while an answer is being written.
    async def answer(incoming: Any, context: grpc.aio.ServicerContext) -> None:
        exchange = Exchange(method, context)
        answers = None
        try:
            exchange.begin()
            exchange.admit()
            answers = handle(accept(method, incoming, exchange), context)
            await _within(exchange.limit, _write(method, answers, context, exchange))
        except BaseException as error:
            await exchange.fail(error)
            raise
        finally:
            if answers is not None:
                await answers.aclose()
        exchange.succeed()

    return answer


async def _write(
    method: Method, answers: AsyncIterator[Any], context: grpc.aio.ServicerContext, exchange: Exchange
) -> None:
    async for each in answers:
        exchange.heard()
        await context.write(method.encode(each))
