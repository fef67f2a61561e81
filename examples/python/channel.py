"""A gRPC channel with the retries of the contract, which gRPC reads from the service config.

gRPC for Python counts the timeout of a service config wrongly, so the package has the deadlines apart: they go with each call.
"""

import grpc
from larder_contract.mesh_config import DEADLINES, SERVICE_CONFIGS


def open_channel(address: str, credentials: grpc.ChannelCredentials, service: str) -> grpc.Channel:
    """Open a channel for the methods of one service. Nothing is dialled before the first call."""
    options = [
        ("grpc.service_config", SERVICE_CONFIGS.get(service, "{}")),
        ("grpc.service_config_disable_resolution", 1),
    ]
    return grpc.secure_channel(address, credentials, options)


def deadline(service: str, method: str) -> float | None:
    """Return how many seconds a method has, or None if the contract does not say."""
    return DEADLINES.get(f"/{service}/{method}")
