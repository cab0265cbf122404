"""Every name under `localhost` is the loopback address (RFC 6761), but many resolvers only know `localhost`
itself, and the emulator reaches its own load balancers and APIs by such names."""

import socket
from collections.abc import Callable
from typing import Any

Resolve = Callable[..., Any]


def resolving_localhost(resolve: Resolve) -> Resolve:
    """Wraps a getaddrinfo: `x.localhost` is 127.0.0.1."""

    def wrapped(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.rstrip(".").lower().endswith(".localhost"):
            host = "127.0.0.1"
        return resolve(host, *args, **kwargs)

    return wrapped


def teach_localhost_names() -> None:
    """Puts it in place for the whole process."""
    socket.getaddrinfo = resolving_localhost(socket.getaddrinfo)
