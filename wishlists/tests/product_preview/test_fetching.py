"""G12: a fetch reaches public addresses only. Sentinel servers listen on loopback and must get no connection.

*Control*: the same URLs without the address check, which do reach the sentinel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
import urllib3.util.connection

from core.outgoing.addresses import Address
from core.outgoing.targets import PUBLIC_ONLY, Guard
from wishlists.product_preview.fetching import fetch_page
from wishlists.tests.product_preview.hostile_urls import NAMES, NEVER_REACH, REACH_LOOPBACK
from wishlists.tests.product_preview.web_servers import Serve, Server, Visit, names, redirects, says

SHOP = ip_address("127.0.0.2")


def only_shop(address: Address) -> bool:
    """For these tests, one address is the public internet. 127.0.0.1 is private, as always."""
    return address == SHOP


def anything(address: Address) -> bool:
    """Disable the address check."""
    return True


@pytest.fixture(scope="module")
def sentinel() -> Iterator[Server]:
    """A sentinel server on every address of this machine, IPv4 and IPv6."""
    server = Server(says(b"<title>reached</title>"), host="::")
    yield server
    server.close()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address to which a connection was tried."""
    tried: list[object] = []
    dial = urllib3.util.connection.create_connection

    def note(address: tuple[str, int], *args: object, **kwargs: object) -> object:
        tried.append(address)
        return dial(address, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(urllib3.util.connection, "create_connection", note)
    return tried


def guard_for(server: Server, **changes: object) -> Guard:
    """Return the production guard with the test's port, and a resolver that makes no network requests."""
    local = replace(PUBLIC_ONLY, ports=frozenset({80, 443, server.port}), resolver=names(**NAMES))
    return replace(local, **changes)  # type: ignore[arg-type]


def test_production_uses_the_strict_guard() -> None:
    assert Guard() == PUBLIC_ONLY
    assert PUBLIC_ONLY.ports == {80, 443}
    assert (PUBLIC_ONLY.seconds, PUBLIC_ONLY.max_bytes) == (5.0, 512 * 1024)
    assert not any(PUBLIC_ONLY.allows(ip_address(address)) for address in ("127.0.0.1", "::1", "10.0.0.1"))


@pytest.mark.parametrize("url", REACH_LOOPBACK + NEVER_REACH)
def test_hostile_urls_reach_no_server(url: str, sentinel: Server, dialled: list[object]) -> None:
    before = len(sentinel.visits)
    assert fetch_page(url.replace("{port}", str(sentinel.port)), guard=guard_for(sentinel)) is None
    assert len(sentinel.visits) == before
    assert dialled == []


@pytest.mark.parametrize("url", REACH_LOOPBACK)
def test_control_without_the_check_they_reach_the_sentinel(url: str, sentinel: Server) -> None:
    before = len(sentinel.visits)
    page = fetch_page(url.replace("{port}", str(sentinel.port)), guard=guard_for(sentinel, allows=anything))
    assert page is not None
    assert page.body == b"<title>reached</title>"
    assert len(sentinel.visits) == before + 1


def test_second_check_still_refuses_without_the_first(dialled: list[object]) -> None:
    guard = replace(PUBLIC_ONLY, allows=anything, resolver=names(**NAMES))
    for url in (
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[64:ff9b::7f00:1]/",
        "http://0.0.0.0/",
    ):
        assert fetch_page(url, guard=guard) is None
    assert dialled == []


@pytest.mark.parametrize("port", [1, 22, 25, 79, 81, 444, 5432, 6379, 8000, 8080, 8443])
def test_only_web_ports_are_allowed(port: int, dialled: list[object]) -> None:
    guard = replace(PUBLIC_ONLY, allows=anything)
    assert fetch_page(f"http://127.0.0.1:{port}/", guard=guard) is None
    assert fetch_page(f"https://127.0.0.1:{port}/", guard=guard) is None
    assert dialled == []


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://inside.test:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://shop.test@127.0.0.1:{port}/",
        "http://shop.test:1/",
        "https://127.0.0.1:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "\\\\127.0.0.1:{port}\\",
        "http://[::1",
        "",
        "ÿ",
    ],
)
def test_redirects_are_checked_like_the_first_url(location: str, serve: Serve, sentinel: Server) -> None:
    shop = serve(redirects(location.replace("{port}", str(sentinel.port))), host=str(SHOP))
    guard = replace(
        guard_for(sentinel, allows=only_shop, resolver=names(**NAMES, shop_test=str(SHOP))),
        ports=frozenset({shop.port, sentinel.port}),
    )
    before = len(sentinel.visits)
    assert fetch_page(f"http://shop.test:{shop.port}/", guard=guard) is None
    assert shop.visits
    assert len(sentinel.visits) == before


def test_control_allowed_redirect_is_followed(serve: Serve, sentinel: Server) -> None:
    shop = serve(redirects(f"//127.0.0.1:{sentinel.port}/moved?a=b c"), host=str(SHOP))
    ports = frozenset({shop.port, sentinel.port})
    page = fetch_page(f"http://{SHOP}:{shop.port}/", guard=replace(PUBLIC_ONLY, allows=anything, ports=ports))
    assert page is not None
    assert page.url == f"http://127.0.0.1:{sentinel.port}/moved?a=b%20c"


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
def test_at_most_five_redirects_are_followed(hops: int, arrives: bool, serve: Serve) -> None:
    def speak(visit: Visit) -> None:
        hop = int(visit.request.split()[1][1:])
        (redirects(f"/{hop + 1}") if hop < hops else says(b"<p>here</p>"))(visit)

    shop = serve(speak)
    guard = guard_for(shop, allows=anything)
    assert (fetch_page(f"http://127.0.0.1:{shop.port}/0", guard=guard) is not None) is arrives
    assert len(shop.visits) == 6


# --- DNS ----------------------------------------------------------------------------------------------------------


class Rebinding:
    """A resolver that returns a public address first, and loopback afterwards."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[Address]:
        self.asked += 1
        return [SHOP if self.asked == 1 else ip_address("127.0.0.1")]


def test_rebinding_name_is_resolved_once_and_pinned(serve: Serve) -> None:
    shop = serve(says(b"<p>shop</p>"), host=str(SHOP))
    inside = serve(says(b"<p>inside</p>"), host="127.0.0.1", port=shop.port)
    resolver = Rebinding()
    page = fetch_page(
        f"http://rebind.test:{shop.port}/", guard=guard_for(shop, allows=only_shop, resolver=resolver)
    )
    assert page is not None
    assert page.body == b"<p>shop</p>"
    assert resolver.asked == 1
    assert inside.visits == []
    assert f"Host: rebind.test:{shop.port}".encode() in shop.visits[0].request


@pytest.mark.parametrize(("allows", "visits"), [(only_shop, 0), (anything, 1)])
def test_name_that_rebinds_between_two_hops_is_refused(
    allows: Callable[[Address], bool], visits: int, serve: Serve
) -> None:
    """Without the check of the second hop (the control), the fetch does get through."""
    shop = serve(redirects("/again"), host=str(SHOP))
    inside = serve(says(b"<p>inside</p>"), host="127.0.0.1", port=shop.port)
    guard = guard_for(shop, allows=allows, resolver=Rebinding())
    fetch_page(f"http://rebind.test:{shop.port}/", guard=guard)
    assert len(shop.visits) == 1
    assert len(inside.visits) == visits


def test_name_with_one_private_address_is_refused(serve: Serve) -> None:
    shop = serve(says(b"<p>shop</p>"), host=str(SHOP))
    for answer in (f"{SHOP} 127.0.0.1", f"127.0.0.1 {SHOP}"):
        guard = guard_for(shop, allows=only_shop, resolver=names(two_test=answer))
        assert fetch_page(f"http://two.test:{shop.port}/", guard=guard) is None
    assert shop.visits == []


def test_next_address_is_tried_if_the_first_fails(serve: Serve) -> None:
    shop = serve(says(b"<p>shop</p>"), host=str(SHOP))
    guard = guard_for(shop, allows=anything, resolver=names(two_test=f"127.0.0.3 {SHOP}"))
    assert fetch_page(f"http://two.test:{shop.port}/", guard=guard) is not None


# --- the request --------------------------------------------------------------------------------------------------


def test_request_contains_nothing_private(
    serve: Serve, sentinel: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login alice password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{sentinel.port}")

    def speak(visit: Visit) -> None:
        again = b"/second" in visit.request
        moved = says(b"", b"Location: /second", b"Set-Cookie: a=b; Path=/", status=b"307 Moved")
        (says(b"<p>x</p>") if again else moved)(visit)

    shop = serve(speak)
    proxied = len(sentinel.visits)
    assert fetch_page(f"http://127.0.0.1:{shop.port}/", guard=guard_for(shop, allows=anything)) is not None
    assert len(sentinel.visits) == proxied
    assert shop.visits[1].request.decode().split("\r\n") == [
        "GET /second HTTP/1.1",
        f"Host: 127.0.0.1:{shop.port}",
        "User-Agent: wishlist-link-preview/1.0",
        "Accept: text/html, application/xhtml+xml",
        "Accept-Encoding: gzip, deflate",
        "Connection: close",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("answer", "fetched"),
    [
        (says(b"<p>x</p>"), True),
        (says(b"<p>x</p>", b"Content-Type: Application/XHTML+XML; charset=utf-8"), True),
        (says(b"<p>x</p>", b"Content-Type: image/png"), False),
        (says(b"<p>x</p>", b"Content-Type:"), False),
        (says(b"<p>x</p>", b"Content-Type: text/html, image/png"), False),
        (says(b"<p>x</p>", b"Content-Encoding: br"), False),
        (says(b"<p>x</p>", b"Content-Encoding: gzip, gzip, gzip"), False),
        (says(b"<p>x</p>", status=b"404 Not Found"), False),
        (says(b"<p>x</p>", status=b"500 Oh"), False),
        (says(b"<p>x</p>", status=b"302 Found"), False),
        (says(b"<p>x</p>", status=b"999999 Oh"), False),
        (lambda visit: visit.say(b"SSH-2.0-OpenSSH_9.2\r\n"), False),
        (lambda visit: visit.say(b"\x00" * 100), False),
        (lambda visit: None, False),
    ],
)
def test_only_html_pages_are_read(answer: Callable[[Visit], None], fetched: bool, serve: Serve) -> None:
    server = serve(answer)
    page = fetch_page(f"http://127.0.0.1:{server.port}/", guard=guard_for(server, allows=anything))
    assert (page is not None) is fetched
