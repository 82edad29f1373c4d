"""One POST to a host we trust: its address is checked at the moment of connecting, nothing is followed, and neither time nor size runs away."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Timer
from urllib.parse import urlsplit

from notifications.message import OutcomeUnknown, ProviderBusy, ProviderShut

TIMEOUT = 10.0  # seconds to connect, and for each part of the answer
WHOLE = 20.0  # seconds in all: an answer that drips is cut off
LARGEST = 64 * 1024  # bytes of an answer
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[tuple[str, int]]]
Connector = Callable[[tuple[str, int], float], socket.socket]


def resolve(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host as the machine's resolver gives them now."""
    return [(str(found[4][0]), int(found[4][1])) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Target:
    """Where may be posted to. `hosts` are the names allowed; `private`: also addresses of our own network and plain HTTP."""

    url: str
    hosts: tuple[str, ...]
    private: bool = False
    timeout: float = TIMEOUT
    whole: float = WHOLE
    resolver: Resolver = resolve
    connector: Connector = socket.create_connection

    def why_not(self) -> str:
        """Why this address may not be posted to, or an empty text. Its words hold the host alone: the rest is a secret."""
        try:
            parts = urlsplit(self.url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return "网址写法有误 (not an address)"
        if parts.scheme != "https" and not (self.private and parts.scheme == "http"):
            return "须为 https:// 开头 (must be https)"
        if host not in {name.lower() for name in self.hosts}:
            return f"主机「{host[:60]}」不在 hosts 之列 (the host is not among `hosts`)"
        if parts.username is not None or parts.fragment or (port not in (None, 443) and not self.private):
            return "网址不可带用户名、# 或别的端口 (no user name, no #, no other port)"
        return ""


def post(target: Target, body: bytes, query: str = "") -> tuple[int, bytes]:
    """(status, answer) of one POST of JSON. ProviderShut for a place that may not be asked, ProviderBusy when nothing left, else OutcomeUnknown."""
    refused = target.why_not()
    if refused:
        raise ProviderShut(refused)
    parts = urlsplit(target.url)
    line = _open(target, parts.scheme == "https", str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80))
    cut = Timer(target.whole, _cut, (line.sock,))
    cut.daemon = True
    cut.start()
    path = (parts.path or "/") + ("?" if parts.query or query else "") + "&".join(filter(None, (parts.query, query)))
    try:
        line.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8", "Connection": "close"})
        answer = line.getresponse()
        return answer.status, _read(answer)
    except (OSError, HTTPException) as error:
        raise OutcomeUnknown(f"没有得到答复：{type(error).__name__} (no answer)") from None
    finally:
        cut.cancel()
        line.close()


def _open(target: Target, secure: bool, host: str, port: int) -> HTTPConnection:
    """A connection to an address that was looked up once and checked; the name is not looked up again."""
    try:
        found = target.resolver(host, port)
    except OSError:
        raise ProviderBusy("查不到主机地址 (the host cannot be found)") from None
    if not found or not all(allowed(address, target.private) for address, _ in found):
        raise ProviderShut(f"主机「{host[:60]}」指向内部或保留的地址 (it leads to an address inside)")
    try:
        plain = target.connector(found[0], target.timeout)
        line = HTTPSConnection(host, port, timeout=target.timeout) if secure else HTTPConnection(host, port, timeout=target.timeout)
        line.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    except OSError as error:
        raise ProviderBusy(f"连不上：{type(error).__name__} (cannot be reached)") from None
    return line


def allowed(address: str, private: bool) -> bool:
    """Whether an address may be posted to: out in the world, or `private` inside our network; never where clouds keep their secrets."""
    try:
        inner = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or (inner.is_reserved and not inner.is_loopback):
        return False
    return inner.is_global or (private and (inner.is_private or inner.is_loopback))


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one wraps (mapped, 6to4, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address.packed[:12] in (bytes.fromhex("0064ff9b") + bytes(8), bytes(12)) and int(address) > 1:
        wrapped = IPv4Address(address.packed[12:])
    return wrapped or address


def _read(answer: HTTPResponse) -> bytes:
    text = answer.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise OutcomeUnknown("答复太长 (the answer is too long)")
    return text


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed already
