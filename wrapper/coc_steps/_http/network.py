"""The network beneath the HTTP library: sockets whose waits belong to a try (see `deadline`).

httpcore takes such a backend as a public argument. This one owns each socket from its first moment,
so that what is cancelled leaves none behind, and gives each address of a name a share of the time,
so that a dead one does not use up the rest.
"""

from __future__ import annotations

import select
import socket
import threading
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar

from .deadline import current
from .library import httpcore
from .tls import CHUNK, Plain, Tls

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Generator, Iterable, Sequence

    from .tls import Steps

    _T = TypeVar("_T")
    Addresses = Sequence[tuple[int, int, int, str, Any]]

LATE = "the deadline of this try has passed"


class Backend(httpcore.NetworkBackend):
    """Connects for the sync client."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to the first address of a host that answers."""
        lookup = look_up(host, port)
        with _waiting(lookup.cancel, httpcore.ConnectTimeout, httpcore.ConnectError) as left:
            addresses = lookup.result(left)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for rest, (family, *_, address) in rests(addresses):
            try:
                stream = Stream(new_socket(family))
                stream.connect(address, rest)
            except (httpcore.ConnectTimeout, httpcore.ConnectError) as error:
                failure = error
            else:
                return stream
        raise failure


class Stream(httpcore.NetworkStream):
    """A connection of the sync client."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._layer = Plain()
        self._shut = partial(_shut, sock)

    def connect(self, address: Any, rest: int) -> None:
        """Connect, with a share of the time for this one of so many addresses that are left."""
        try:
            with _waiting(self._shut, httpcore.ConnectTimeout, httpcore.ConnectError) as left:
                self._socket.settimeout(left / rest)
                self._socket.connect(address)
        except BaseException:
            self.close()
            raise

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came; nothing at the end."""
        return self._run(self._layer.read(max_bytes))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        if buffer:  # the HTTP library also writes nothing
            self._run(self._layer.write(buffer))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return this stream with TLS, after the handshake."""
        self._layer = layer = Tls(self._layer, ssl_context, server_hostname)
        try:
            self._run(layer.shake_hands())
        except BaseException:
            self.close()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks for by this name."""
        return self._layer.tls if info == "ssl_object" else socket_info(self._socket, info)

    def _run(self, steps: Steps[_T]) -> _T:
        received = b""
        try:
            to_send = next(steps)
            while True:
                if to_send is None:
                    with _waiting(self._shut, httpcore.ReadTimeout, httpcore.ReadError) as left:
                        self._socket.settimeout(left)
                        received = self._socket.recv(CHUNK)
                else:
                    with _waiting(self._shut, httpcore.WriteTimeout, httpcore.WriteError) as left:
                        self._socket.settimeout(left)
                        self._socket.sendall(to_send)
                to_send = steps.send(received)
        except StopIteration as done:
            result: _T = done.value
            return result


@contextmanager
def _waiting(
    end: Callable[[], object], late: type[Exception], broken: type[Exception]
) -> Generator[float]:
    """Wait within what is left of the try (seconds); ``end`` ends the wait from another thread."""
    deadline = current()
    left = deadline.enter_wait(end)
    try:
        yield left or _refuse()
    except TimeoutError:
        end()
        raise late(LATE) from None
    except (OSError, UnicodeError, CancelledError) as error:
        raise broken(str(error)) from None
    finally:
        deadline.leave_wait()


def _refuse() -> float:
    raise TimeoutError


def _shut(sock: socket.socket) -> None:
    """End a wait on a socket in another thread: closing it would leave that one waiting."""
    with suppress(OSError):  # it is closed already
        sock.shutdown(socket.SHUT_RDWR)


def new_socket(family: int) -> socket.socket:
    """Return a socket that sends at once."""
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:  # as for IPv6 where it is turned off; another address may do
        raise httpcore.ConnectError(str(error)) from None
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def socket_info(sock: socket.socket, info: str) -> Any:
    """Return what a stream tells of its socket by name."""
    if info == "is_readable":  # on an idle connection that is its end
        return sock.fileno() < 0 or _is_readable(sock)
    names = {"client_addr": sock.getsockname, "server_addr": sock.getpeername}
    return names[info]() if info in names else {"socket": sock}.get(info)


def _is_readable(sock: socket.socket) -> bool:
    if not hasattr(select, "poll"):  # pragma: no cover - Windows
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def rests(addresses: Addresses) -> Iterable[tuple[int, tuple[Any, ...]]]:
    """Return each address with the number of those that are left, itself among them."""
    return zip(range(len(addresses), 0, -1), addresses, strict=True)


def look_up(host: str, port: int) -> Future[Addresses]:
    """Look a name up in a thread, since the system's lookup can be neither bounded nor ended.

    A thread that nobody waits for any more ends with its lookup.
    """
    found: Future[Addresses] = Future()

    def ask() -> None:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if found.set_running_or_notify_cancel():
                found.set_exception(error)
        else:
            if found.set_running_or_notify_cancel():
                found.set_result(addresses)

    try:
        ip_address(host)
    except ValueError:
        threading.Thread(target=ask, name="coc-steps-lookup", daemon=True).start()
    else:
        ask()
    return found
