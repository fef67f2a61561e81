"""What a failed call says.

The code, and the details that a service of Larder sends with it (google.rpc.ErrorInfo and google.rpc.BadRequest), in the
trailer grpc-status-details-bin.
"""

import grpc
from larder_contract.google.rpc.error_details_pb import BadRequest, ErrorInfo
from larder_contract.google.rpc.status_pb import Status


def explain(error: grpc.RpcError) -> list[str]:
    """Return lines for people.

    What stands in parentheses was not said by a service: by this library, or by a proxy on the way.
    """
    code = error.code().name
    status = Status.from_binary(dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b""))
    if not status.details:
        return [f"{code} ({error.details()})"]
    lines = [f"{code}: {status.message}"]
    for detail in status.details:
        name = detail.type_url.rpartition("/")[2]
        if name == "google.rpc.ErrorInfo":
            info = ErrorInfo.from_binary(detail.value)
            lines.append(f"  reason {info.reason} of {info.domain}")
            lines += [f"  {key} = {value}" for key, value in sorted(info.metadata.items())]
        if name == "google.rpc.BadRequest":
            violations = BadRequest.from_binary(detail.value).field_violations
            lines += [f"  field {violation.field}: {violation.description}" for violation in violations]
    return lines
