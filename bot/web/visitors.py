"""Who sends a request: the address it comes from, read from a trusted proxy's headers and from nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
VISITOR = "grundlag.visitor"
"""Where a request's scope holds its `Visitor`."""
UNKNOWN = ip_address("0.0.0.0")  # noqa: S104 - nothing is bound to it; it stands for a peer without an address
HOME_PREFIX = 64
"""An IPv6 connection is given this much address space: its other addresses are the same client."""
FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


@dataclass(frozen=True, slots=True)
class Visitor:
    """The sender of a request.

    `trusted` says that the request came through a trusted proxy, so that its other headers are the proxy's word.
    `direct` says that nobody passed it on, as far as its headers tell.
    """

    address: Address
    trusted: bool
    direct: bool
    https: bool

    @property
    def key(self) -> str:
        """What limits are counted by: an IPv4 address, or the network of an IPv6 connection."""
        if isinstance(self.address, IPv4Address):
            return str(self.address)
        return str(ip_network((self.address, HOME_PREFIX), strict=False))


def visitor_of(scope: Scope, proxies: Sequence[Network]) -> Visitor:
    """Who a request comes from.

    Each proxy appends the address it was asked by, so the last one that is no trusted proxy is the visitor's; what
    stands before it anyone may have written.
    """
    client = scope.get("client")
    peer = _address(client[0]) if client else None
    https = scope.get("scheme") == "https"
    direct = not any(name in FORWARDING for name, _ in scope["headers"])
    if peer is None or not within(peer, proxies):
        return Visitor(peer or UNKNOWN, trusted=False, direct=direct, https=https)
    passed = ",".join(header_values(scope, b"x-forwarded-for")).split(",")
    protocol = header_values(scope, b"x-forwarded-proto")
    address = peer
    for written in reversed(passed):
        found = _address(written.strip())
        if found is None:
            break
        address = found
        if not within(found, proxies):
            break
    return Visitor(address, trusted=True, direct=direct, https=https or protocol == ["https"])


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Every value that a header is sent with; `name` in small letters."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def within(address: Address, networks: Sequence[Network]) -> bool:
    """Does an address belong to one of some networks?"""
    return any(address.version == network.version and address in network for network in networks)


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
