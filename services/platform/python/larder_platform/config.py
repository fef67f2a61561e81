"""Settings from the environment, declared once: reading them reports every problem at once, and lists them for a README."""

import math
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

N = TypeVar("N", int, float)

EXIT_BAD_CONFIG = 64
"""The exit code of a process whose environment does not make sense (EX_USAGE of sysexits)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of a settings table.

    Attributes:
        type: text, address, secret, seconds, or the allowed words separated by " | ".
        default: As it would be written in the environment. Empty means that there is none.

    """

    name: str
    type: str
    default: str = ""
    required: bool = False


class ConfigError(Exception):
    """Says everything that is wrong with the environment, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Platform:
    """What the kit itself needs to know.

    Attributes:
        device_ingress: The identity of the ingress that may speak for devices. Empty means that nobody does.
        drain_seconds: The longest that calls in progress may take to end after SIGTERM.
        user_jwks: The file with the keys of the user assertion. Empty means that assertions are refused.
        otlp_endpoint: Where spans go. Empty means that none are made.

    """

    listen: str
    ops_listen: str
    drain_seconds: float
    log_level: str
    namespace: str
    trust_domain: str
    device_ingress: str
    device_trust_domain: str
    user_jwks: str
    otlp_endpoint: str
    build: str


@dataclass(slots=True)
class Env:
    """Reads settings and gathers what is wrong with them.

    An empty variable counts as not set: shells and manifests cannot always take one away.

    Attributes:
        settings: A row for each setting read so far, which is what the table in a README must say.

    """

    variables: Mapping[str, str] = field(default_factory=lambda: os.environ)
    settings: list[Setting] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise ConfigError if any setting read so far was wrong."""
        if self.problems:
            raise ConfigError(self.problems)

    def text(self, name: str, default: str | None = None) -> str:
        """Read a text. Without a default it must be set; an empty default means that it may be absent."""
        return self._read(Setting(name, "text", default or "", required=default is None))

    def secret(self, name: str) -> str:
        """Read a text that must be set and never be shown, such as an address with a password in it."""
        return self._read(Setting(name, "secret", required=True))

    def address(self, name: str) -> str:
        """Read `unix:/absolute/path` or `host:port`, which must be set."""
        value = self._read(Setting(name, "address", required=True))
        if value and not re.fullmatch(r"unix:/.+|(?!unix:).+:\d+", value):
            self.problems.append(f'{name} must be unix:/absolute/path or host:port, not "{value}"')
        return value

    def seconds(self, name: str, default: float) -> float:
        """Read a time in seconds, not negative; fractions are allowed."""
        return self._number(Setting(name, "seconds", f"{default:g}"), "a number of seconds", float, 0, 86400)

    def count(self, name: str, default: int, *, most: int) -> int:
        """Read a whole number from 1 to `most`."""
        return self._number(Setting(name, "count", str(default)), "a whole number", int, 1, most)

    def choice(self, name: str, default: str, words: Sequence[str]) -> str:
        """Read one of a few words; an empty default means that it may be absent."""
        value = self._read(Setting(name, " | ".join(words), default))
        if value and value not in words:
            self.problems.append(f'{name} must be one of {", ".join(words)}, not "{value}"')
        return value

    def platform(self, prefix: str) -> Platform:
        """Read the kit's own settings for the service with that prefix, such as SCORING."""
        return Platform(
            listen=self.address(f"{prefix}_LISTEN"),
            ops_listen=self.address(f"{prefix}_OPS_LISTEN"),
            drain_seconds=self.seconds(f"{prefix}_DRAIN_SECONDS", 10),
            log_level=self.choice(f"{prefix}_LOG_LEVEL", "info", ["debug", "info", "warn", "error"]),
            namespace=self.text("MESH_NAMESPACE", "larder"),
            trust_domain=self.text("MESH_TRUST_DOMAIN", "larder.local"),
            device_ingress=self.text("MESH_DEVICE_INGRESS", ""),
            device_trust_domain=self.text("MESH_DEVICE_TRUST_DOMAIN", "devices.larder.local"),
            user_jwks=self.text("LARDER_USER_JWKS", ""),
            otlp_endpoint=self.text("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            build=self.text("LARDER_BUILD", "dev"),
        )

    def _read(self, setting: Setting) -> str:
        self.settings.append(setting)
        value = self.variables.get(setting.name)
        if value:
            return value
        if setting.required:
            self.problems.append(f"{setting.name} is not set")
        return setting.default

    def _number(self, setting: Setting, what: str, parse: Callable[[str], N], least: N, most: N) -> N:
        raw = self._read(setting)
        try:
            value = parse(raw)
        except ValueError:
            value = parse("-1")
        # NaN is in no range.
        if not (least <= value <= most and math.isfinite(value)):
            self.problems.append(f'{setting.name} must be {what} from {least} to {most}, not "{raw}"')
        return value


def exit_for(error: BaseException) -> None:
    """End the process for what its main work failed with: 64 for a ConfigError, 1 for another error."""
    print(error if isinstance(error, ConfigError) else f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    sys.exit(EXIT_BAD_CONFIG if isinstance(error, ConfigError) else 1)
