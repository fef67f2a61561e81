"""How a failure becomes a gRPC status: services raise RpcError, and the server answers it with a `google.rpc.ErrorInfo`."""

from collections.abc import Mapping, Sequence

from grpc import StatusCode
from larder_contract.google.rpc.error_details_pb import BadRequest, ErrorInfo
from larder_contract.google.rpc.status_pb import Status
from protobuf import Message
from protobuf.wkt import Any
from protovalidate import Violation

DETAILS = "grpc-status-details-bin"

# Clients and proxies refuse an answer whose trailers are longer than some kilobytes, and with it what it says.
_MOST_NAMED = 16


class RpcError(Exception):
    """A failure whose answer is known. All but its cause (`raise ... from cause`), which only the log sees, reaches the caller.

    Attributes:
        reason: UPPER_SNAKE_CASE and stable: what a caller branches on.
        domain: The workload that gives the reason. Empty means the one that answers.
        metadata: The variable parts of the message.
        details: Further details, such as `google.rpc.BadRequest`.

    """

    def __init__(
        self,
        code: StatusCode,
        reason: str,
        message: str,
        metadata: Mapping[str, str] | None = None,
        *,
        domain: str = "",
        details: Sequence[Message] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.domain = domain
        self.metadata = dict(metadata or {})
        self.details = tuple(details)


def store_unavailable(what: str) -> RpcError:
    """Make the failure of a call whose store cannot be reached: UNAVAILABLE, so that it may be tried again."""
    return RpcError(StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE", f"the {what} is unavailable")


def shutting_down() -> RpcError:
    """Make the failure of a call that the process cannot wait for, or did not begin: UNAVAILABLE, so that it may be tried elsewhere."""
    return RpcError(StatusCode.UNAVAILABLE, "SHUTTING_DOWN", "the service is shutting down")


def invalid_request(violations: Sequence[tuple[str, str]]) -> RpcError:
    """Make INVALID_ARGUMENT, reason INVALID_REQUEST, with a `google.rpc.BadRequest` that names fields and their faults, the first 16."""
    first = violations[:_MOST_NAMED]
    message = "; ".join(f"{name}: {text}" if name else text for name, text in first)
    if len(violations) > len(first):
        message += f"; and {len(violations) - len(first)} more"
    named = [BadRequest.FieldViolation(field=name, description=text) for name, text in first]
    details = [BadRequest(field_violations=named)]
    return RpcError(StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", message, details=details)


def broken_rules(violations: Sequence[Violation]) -> RpcError:
    """Say what protovalidate found."""
    found = [violation.proto for violation in violations]
    return invalid_request([(field_path(each.field), each.message) for each in found])


def field_path(path: object) -> str:
    """Write a `buf.validate.FieldPath` as a path: `parts[1].name`. Empty if the whole message is meant."""
    text = ""
    for element in getattr(path, "elements", ()):
        name = element.field_name
        text += f".{name}" if text else name
        if element.subscript is not None:
            key = element.subscript.value
            text += f'["{key}"]' if isinstance(key, str) else f"[{key}]".lower()
    return text


def status_of(error: RpcError, domain: str) -> bytes:
    """Encode the `google.rpc.Status` of an error. `domain` stands in where the error names none."""
    details: list[Message] = []
    if error.reason:
        info = ErrorInfo(reason=error.reason, domain=error.domain or domain, metadata=error.metadata)
        details = [info, *error.details]
    packed = [Any.pack(detail) for detail in details]
    return Status(code=error.code.value[0], message=error.message, details=packed).to_binary()
