"""The end of the connections of a server, beneath gRPC.

A gRPC server that stops answers the calls that no handler has seen yet with CANCELLED, which no policy tries again. On a
connection that has gone they are UNAVAILABLE to their callers, as what they are.
"""

import os
import socket
import stat
from pathlib import Path

# What a process has open: Linux, where a container need not have the other, and macOS.
_OPEN = ("/proc/self/fd", "/dev/fd")


def hang_up(address: str) -> None:
    """Close the connections that came in at `unix:/path` or `host:port`, and let nobody else come in at the path."""
    host, _, place = address.partition(":") if address.startswith("unix:") else address.rpartition(":")
    if host == "unix":
        Path(place).unlink(missing_ok=True)
    for name in os.listdir(next(filter(os.path.isdir, _OPEN))):
        try:
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                # A duplicate: closing it leaves that of gRPC open, which sees that nothing comes any more.
                with socket.socket(fileno=os.dup(int(name))) as found:
                    if _came_in_at(found, place):
                        found.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has been closed meanwhile.


def _came_in_at(found: socket.socket, place: str) -> bool:
    own = found.getsockname()
    if own != place and not (isinstance(own, tuple) and str(own[1]) == place):
        return False
    return found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 0
