"""Every reason that the service gives, a function each; the proto comments list the same."""

from grpc import StatusCode
from larder_platform import RpcError


def history_out_of_order(field: str) -> RpcError:
    """Name the sample whose time does not come after that of the one before."""
    message = f"{field} does not come after the sample before it"
    return RpcError(StatusCode.INVALID_ARGUMENT, "HISTORY_OUT_OF_ORDER", message, {"field": field})


def page_token_invalid() -> RpcError:
    """Refuse a page token that ListModels did not give."""
    message = "page_token was not given by this list"
    return RpcError(StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", message)


def model_unavailable() -> RpcError:
    """Say that the service has no model yet."""
    return RpcError(StatusCode.UNAVAILABLE, "MODEL_UNAVAILABLE", "no model could be loaded yet")


def model_not_found(name: str) -> RpcError:
    """Name the model that nobody knows."""
    return RpcError(StatusCode.NOT_FOUND, "MODEL_NOT_FOUND", f"{name} does not exist", {"model": name})


def model_corrupt(name: str) -> RpcError:
    """Name the model whose file is not the one it should be."""
    message = f"the file of {name} is not the one whose checksum is known"
    return RpcError(StatusCode.FAILED_PRECONDITION, "MODEL_CORRUPT", message, {"model": name})


def model_unfit(name: str, why: str) -> RpcError:
    """Say why a model cannot give scores."""
    return RpcError(StatusCode.FAILED_PRECONDITION, "MODEL_UNFIT", f"{name} cannot give scores: {why}", {"model": name})
