"""Who stands behind a call: the calling workload as the sidecar proved it, and the end user as the edge asserted it."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import jwt
from grpc import StatusCode

from .call import User
from .config import Platform
from .errors import RpcError

_ISSUER = "larder-gateway"
_AUDIENCE = "larder-internal"
# Clocks of two machines may differ by this much; the assertion itself lives a minute.
_LEEWAY_SECONDS = 5
_MOST_REMEMBERED = 1000


class UserVerifier:
    """Checks assertions of the end user (compact JWS, ES256) against the keys in a file, read again when it has changed.

    What was verified is remembered until it expires: an edge sends one assertion with several calls, and a signature
    costs more than the rest of a request.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._version: tuple[int, int, int] | None = None
        self._keys: list[jwt.PyJWK] = []
        self._known: dict[str, tuple[User, float]] = {}

    def verify(self, assertion: str) -> User:
        """Return the user.

        Raises:
            RpcError: UNAUTHENTICATED, USER_ASSERTION_INVALID: forged, expired, or made for somebody else.

        """
        try:
            # A stat for each assertion, so that a new key holds, and a key taken away does not, as soon as the file is there.
            self._load()
            known = self._known.get(assertion)
            if known and time.time() < known[1]:
                return known[0]
            return self._check(assertion)
        except (jwt.InvalidTokenError, jwt.PyJWKError, OSError, ValueError, KeyError) as cause:
            message = "the assertion of the end user is not valid"
            raise RpcError(StatusCode.UNAUTHENTICATED, "USER_ASSERTION_INVALID", message) from cause

    def _check(self, assertion: str) -> User:
        kid = jwt.get_unverified_header(assertion).get("kid")
        keys = [key for key in self._keys if kid is None or key.key_id == kid]
        if not keys:
            raise KeyError("no key for this assertion: see LARDER_USER_JWKS")
        claims = jwt.decode(
            assertion,
            keys[0],
            algorithms=["ES256"],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "sub"]},
        )
        scope = claims.get("scope")
        user = User(claims["sub"], tuple(scope.split()) if isinstance(scope, str) else ())
        if not user.subject:
            raise ValueError("the subject is empty")
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[assertion] = (user, claims["exp"])
        return user

    def _load(self) -> None:
        if not self._path:
            return
        about = Path(self._path).stat()
        version = (about.st_ino, about.st_mtime_ns, about.st_size)
        if version == self._version:
            return
        keys = json.loads(Path(self._path).read_text())["keys"]
        self._keys = [jwt.PyJWK(key) for key in keys if key.get("kty") == "EC" and key.get("crv") == "P-256"]
        self._version = version
        self._known.clear()


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DEVICE_ID = re.compile(r"[A-Za-z0-9._-]+")


def caller_reader(platform: Platform) -> Callable[[str, bool], str]:
    """Return what reads the caller from `x-forwarded-client-cert`: the last `URI=` outside quotes of the last element,
    which our own sidecar wrote. A workload of this mesh is given by its name, anybody else by the whole identity. At a
    method for devices, where the caller is the ingress for them, it is the device that the ingress wrote before it, if that
    and nothing else stands there.
    """
    workload = f"spiffe://{platform.trust_domain}/ns/{platform.namespace}/sa/"
    devices = f"URI=spiffe://{platform.device_trust_domain}/"
    known: dict[str, tuple[str, str]] = {}

    def read(header: str) -> tuple[str, str]:
        start = _last_element(header)
        own = _QUOTED.sub("", header[start:])
        uris = [pair.strip()[4:] for pair in own.split(";") if pair.strip().startswith("URI=")]
        peer = uris[-1] if uris else ""
        before = header[: max(0, start - 1)].strip()
        passed_on = before.startswith(devices) and _DEVICE_ID.fullmatch(before, len(devices))
        device = before.removeprefix("URI=") if passed_on and peer and peer == platform.device_ingress else ""
        return peer.removeprefix(workload), device

    def caller_of(header: str, for_devices: bool) -> str:
        if header not in known:
            # Certificates rotate, so that headers change; the number of callers is small.
            if len(known) >= 256:
                known.clear()
            known[header] = read(header)
        caller, device = known[header]
        return (for_devices and device) or caller

    return caller_of


def _last_element(header: str) -> int:
    """Return where the last element begins. What stands before it may be the caller's own text: it is read from the end,
    so that a quote left open there cannot hide the comma.
    """
    quoted = False
    for at in range(len(header) - 1, -1, -1):
        if header[at] == "," and not quoted:
            return at + 1
        if header[at] == '"' and not (quoted and _is_escaped(header, at)):
            quoted = not quoted
    return 0


def _is_escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
