"""A page that sends its readers on is followed like a redirect, with the same limits, and only to public addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

import pytest

from core.outgoing.addresses import Address
from core.outgoing.targets import PUBLIC_ONLY, Guard
from wishlists.product_preview.fetching import MAX_REDIRECTS, Page, fetch_page
from wishlists.product_preview.parse import read_product
from wishlists.product_preview.refresh import refresh_of
from wishlists.tests.product_preview.page_texts import BIKE, ld
from wishlists.tests.product_preview.web_servers import Serve, Server, Visit, names, says

pytestmark = pytest.mark.once

SHOP = ip_address("127.0.0.2")
URL = "https://shop.example/a/b"


def only_shop(address: Address) -> bool:
    return address == SHOP


def anything(address: Address) -> bool:
    return True


def sends_on(to: str, after: str = "0") -> bytes:
    return f'<title>Redirecting</title><meta http-equiv="Refresh" content="{after}; URL=\'{to}\'">'.encode()


def pages(by_path: dict[str, bytes]) -> Callable[[Visit], None]:
    return lambda visit: says(by_path[visit.request.split()[1].decode()])(visit)


def guard_for(*servers: Server, allows: Callable[[Address], bool] = only_shop) -> Guard:
    ports = frozenset(server.port for server in servers)
    resolver = names(shop_test=str(SHOP), inside_test="127.0.0.1")
    return replace(PUBLIC_ONLY, ports=ports, allows=allows, resolver=resolver)


def test_refresh_leads_to_the_product(serve: Serve) -> None:
    shop = serve(pages({"/": sends_on("/bike"), "/bike": ld(BIKE).encode()}), host=str(SHOP))
    found = read_product(f"http://shop.test:{shop.port}/", guard=guard_for(shop))
    assert (found["title"], found["image_url"]) == ("A & B bike", f"http://shop.test:{shop.port}/a%20b.jpg")


def test_refresh_header_is_followed_too(serve: Serve) -> None:
    first = says(b"<title>Redirecting</title>", b"Refresh: 0; url=/bike")
    second = says(ld(BIKE).encode())
    shop = serve(lambda visit: (second if b"/bike" in visit.request else first)(visit), host=str(SHOP))
    found = read_product(f"http://shop.test:{shop.port}/", guard=guard_for(shop))
    assert found["title"] == "A & B bike"


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("host", ["127.0.0.1", "inside.test", "2130706433", "127.1"])
def test_refresh_leads_to_public_addresses_only(host: str, checked: bool, serve: Serve) -> None:
    """The control disables the address check."""
    inside = serve(says(b"<title>reached</title>"))
    shop = serve(says(sends_on(f"http://{host}:{inside.port}/")), host=str(SHOP))
    guard = guard_for(shop, inside, allows=only_shop if checked else anything)
    found = read_product(f"http://shop.test:{shop.port}/", guard=guard)
    assert (found["title"], len(inside.visits)) == ((None, 0) if checked else ("reached", 1))


def test_refresh_counts_as_a_redirect(serve: Serve) -> None:
    numbers = iter(range(100))

    def speak(visit: Visit) -> None:
        says(sends_on(f"/{next(numbers)}"))(visit)

    shop = serve(speak, host=str(SHOP))
    assert fetch_page(f"http://shop.test:{shop.port}/", guard=guard_for(shop), onward=refresh_of) is None
    assert len(shop.visits) == MAX_REDIRECTS + 1


def test_bytes_of_earlier_pages_count(serve: Serve) -> None:
    size = 400 * 1024
    shop = serve(pages({"/": sends_on("/next").ljust(size), "/next": b"x" * size}), host=str(SHOP))
    guard = replace(guard_for(shop), max_bytes=500 * 1024)
    page = fetch_page(f"http://shop.test:{shop.port}/", guard=guard, onward=refresh_of)
    assert page is None or len(page.body) <= 100 * 1024


@pytest.mark.parametrize(
    ("html", "target"),
    [
        (sends_on("/next"), "https://shop.example/next"),
        (sends_on("next?a=b c"), "https://shop.example/a/next?a=b%20c"),
        (b'<meta http-equiv=refresh content="0;/next">', "https://shop.example/next"),
        (b'<meta content="1.5, url = /next" http-equiv="REFRESH">', "https://shop.example/next"),
        (b'<base href="/c/"><meta http-equiv=refresh content="0;url=next">', "https://shop.example/c/next"),
        (sends_on("/next", after="60"), None),
        (sends_on("/a/b#top"), None),
        (sends_on(""), None),
        (sends_on("javascript:alert(1)"), None),
        (sends_on("file:///etc/passwd"), None),
        (sends_on("http://[::1"), None),
        (b'<meta http-equiv="refresh" content="0">', None),
        (b'<meta http-equiv="refresh">', None),
        (b'<noscript><meta http-equiv="refresh" content="0;url=/no-scripts"></noscript>', None),
        (b"<p>refresh</p>", None),
        (b"", None),
    ],
)
def test_refresh_target(html: bytes, target: str | None) -> None:
    assert refresh_of(Page(URL, "text/html", html)) == target
