from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load_settings
from bot.web.visitors import UNKNOWN, visitor_of

PROXIES = load_settings(trusted_proxies="10.0.0.0/8, 192.0.2.7").trusted_proxies


def scope(peer: str | None, *headers: tuple[str, str], scheme: str = "http") -> dict[str, object]:
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": encoded, "scheme": scheme}


def forwarded(peer: str, *values: str) -> str:
    return str(visitor_of(scope(peer, *(("X-Forwarded-For", value) for value in values)), PROXIES).address)


def test_a_stranger_is_not_believed() -> None:
    visitor = visitor_of(
        scope("203.0.113.5", ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "https")), PROXIES
    )

    assert str(visitor.address) == "203.0.113.5"
    assert (visitor.trusted, visitor.direct, visitor.https) == (False, False, False)


@pytest.mark.parametrize(
    ("values", "address"),
    [
        (["198.51.100.4"], "198.51.100.4"),
        (["127.0.0.1, 198.51.100.4"], "198.51.100.4"),
        (["127.0.0.1", "198.51.100.4"], "198.51.100.4"),
        (["198.51.100.4, 10.2.2.2, 192.0.2.7"], "198.51.100.4"),
        (["6.6.6.6, nonsense, 10.2.2.2"], "10.2.2.2"),
        (["nonsense"], "10.1.1.1"),
        ([], "10.1.1.1"),
        (["::ffff:198.51.100.4"], "198.51.100.4"),
    ],
)
def test_a_trusted_proxy_says_who_asks(values, address) -> None:
    assert forwarded("10.1.1.1", *values) == address


def test_a_trusted_proxy_says_that_it_was_asked_in_secret() -> None:
    assert visitor_of(scope("192.0.2.7", ("X-Forwarded-Proto", "https")), PROXIES).https
    assert not visitor_of(
        scope("192.0.2.7", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "http")), PROXIES
    ).https


def test_a_home_of_ipv6_is_one_client() -> None:
    keys = {visitor_of(scope(f"2001:db8:1:2::{number}"), ()).key for number in range(1, 5)}
    keys |= {visitor_of(scope("2001:db8:1:3::1"), ()).key}

    assert keys == {"2001:db8:1:2::/64", "2001:db8:1:3::/64"}


@pytest.mark.parametrize("peer", [None, "testclient", "fe80::1%eth0"])
def test_an_odd_peer_is_some_client(peer) -> None:
    assert visitor_of(scope(peer), PROXIES).address in {UNKNOWN, ip_address("fe80::1")}


@given(
    st.lists(st.text(alphabet=st.characters(max_codepoint=255)), max_size=4), st.sampled_from(["10.0.0.1", "9.9.9.9"])
)
def test_no_header_breaks_it(values, peer) -> None:
    visitor = visitor_of(scope(peer, *(("X-Forwarded-For", value) for value in values)), PROXIES)

    assert visitor.trusted == (peer == "10.0.0.1")
    assert visitor.key
