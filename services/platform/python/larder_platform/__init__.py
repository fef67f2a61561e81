"""Everything about running a Python service, and nothing about what it sells."""

from .call import Call, User, current_call
from .config import EXIT_BAD_CONFIG, ConfigError, Env, Platform, Setting
from .errors import RpcError, invalid_request, store_unavailable
from .interceptors import MAX_REQUEST_BYTES
from .server import Service, run, serve
from .telemetry import Log, Metrics

__all__ = [
    "EXIT_BAD_CONFIG",
    "MAX_REQUEST_BYTES",
    "Call",
    "ConfigError",
    "Env",
    "Log",
    "Metrics",
    "Platform",
    "RpcError",
    "Service",
    "Setting",
    "User",
    "current_call",
    "invalid_request",
    "run",
    "serve",
    "store_unavailable",
]
