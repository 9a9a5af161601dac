"""What is read from product pages. No page, however hostile, raises an exception or takes long."""

from __future__ import annotations

import json
import time
from itertools import islice, product
from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api.renderers import encode
from core.money.money import Money, to_minor
from wishlists.product_preview.fetching import Page
from wishlists.product_preview.parse import Product, product_on
from wishlists.tests.product_preview.page_texts import BIKE, ld

pytestmark = pytest.mark.once

URL = "https://shop.example/things/1?a=b"
SIZE = 512 * 1024


def read(html: str | bytes, content_type: str = "text/html; charset=utf-8") -> Product:
    return product_on(Page(URL, content_type, html.encode() if isinstance(html, str) else html))


def offer(price: Any, currency: Any = "EUR", **more: Any) -> dict[str, Any]:
    return {"@type": "Product", "name": "Bike", "offers": {"price": price, "priceCurrency": currency, **more}}


OPEN_GRAPH = """
<html prefix="og: http://ogp.me/ns#"><head><title>Shop</title>
<meta property="og:title" content="Kettle"><meta property="og:image" content="//cdn.example/k.png">
<meta property="product:price:amount" content="49,90"><meta property="product:price:currency" content="EUR">
"""
MICRODATA = """
<title>Shop</title><div itemscope itemtype="https://schema.org/Product">
<span itemprop="review" itemscope><b itemprop="name">Great!</b><b itemprop="price">1</b></span>
<h1 itemprop="name">Tea <em>pot</em></h1><img itemprop="image" src="pot.jpg">
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<meta itemprop="priceCurrency" content="USD"><span itemprop="price" content="20.00">$20</span></div></div>
"""


def test_reads_json_ld() -> None:
    assert read(ld(BIKE)).as_row() == {
        "title": "A & B bike",
        "image_url": "https://shop.example/a%20b.jpg",
        "price": Money(129990, "EUR"),
        "currency": "EUR",
    }


def test_reads_open_graph() -> None:
    assert read(OPEN_GRAPH) == Product("Kettle", "https://cdn.example/k.png", Money(4990, "EUR"))


def test_reads_microdata() -> None:
    assert read(MICRODATA) == Product("Tea pot", "https://shop.example/things/pot.jpg", Money(2000, "USD"))


def test_reads_the_title_element() -> None:
    assert read("<title> Just\n a   page </title><p>x") == Product("Just a page")


def test_each_field_comes_from_the_most_reliable_source() -> None:
    page = OPEN_GRAPH + ld({"@type": "Product", "name": "Kettle of steel"})
    assert read(page) == Product("Kettle of steel", "https://cdn.example/k.png", Money(4990, "EUR"))


def test_broken_json_ld_falls_back_to_the_next_source() -> None:
    assert read(OPEN_GRAPH + ld('{"@type": "Product", "name": ')).title == "Kettle"


@pytest.mark.parametrize(
    "data",
    [
        [BIKE],
        {"@graph": [{"@type": "WebSite", "name": "Shop"}, BIKE]},
        {"@type": "WebPage", "name": "Page", "mainEntity": BIKE},
        {**BIKE, "@type": ["Thing", "Product"]},
        {**BIKE, "@type": "http://schema.org/Product"},
        {**BIKE, "@type": "schema:Product"},
        {**BIKE, "image": {"@type": "ImageObject", "url": "/a b.jpg"}},
        {**BIKE, "image": [{"contentUrl": "https://shop.example/a%20b.jpg"}]},
        {**BIKE, "offers": [{"availability": "gone"}, BIKE["offers"]]},
        {
            **BIKE,
            "offers": {
                "@type": "AggregateOffer",
                "lowPrice": 1299.9,
                "highPrice": 2000,
                "priceCurrency": "EUR",
            },
        },
        {**BIKE, "offers": {"@type": "AggregateOffer", "offers": [BIKE["offers"]]}},
        {**BIKE, "offers": {"priceSpecification": [{"price": 1299.9, "priceCurrency": "EUR"}]}},
        {
            **{key: BIKE[key] for key in ("@type", "name", "image")},
            "hasVariant": [{"offers": BIKE["offers"]}],
        },
    ],
)
def test_json_ld_variants_are_read(data: Any) -> None:
    assert read(ld(data)) == Product("A & B bike", "https://shop.example/a%20b.jpg", Money(129990, "EUR"))


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("49.9", "EUR", (49.9, "EUR")),
        (49.9, "EUR", (49.9, "EUR")),
        (50, "EUR", (50, "EUR")),
        ("50.00", "EUR", (50, "EUR")),
        ("1.299", "KWD", (1.299, "KWD")),
        ("1,299", "KWD", None),
        ("25.000", "COP", None),
        ("1.299", "EUR", None),
        (25.000, "COP", (25, "COP")),
        (",99", "EUR", (0.99, "EUR")),
        ("1,299", "USD", (1299, "USD")),
        ("1 299 kr", "SEK", (1299, "SEK")),
        ("¥1,299", "JPY", (1299, "JPY")),
        ("CHF 1'299.–", "CHF", (1299, "CHF")),
        ("1.299,00 €", None, (1299, "EUR")),
        ("$20", None, None),
        ("$20", "EUR", None),
        ("49.9000", "EUR", (49.9, "EUR")),
        ("1299.00", "JPY", (1299, "JPY")),
        (0, "EUR", (0, "EUR")),
        ("1.299,00", "EUR", (1299, "EUR")),
        ("1,299.00 €", " eur ", (1299, "EUR")),
        ("$ 20", "USD", (20, "USD")),
        ("49.999", "EUR", None),
        ("0.5", "JPY", None),
        (-1, "EUR", None),
        ("-1", "EUR", None),
        ("49.9", None, None),
        ("49.9", "", None),
        ("49.9", "XXX", None),
        ("49.9", "euros", None),
        ("49.9", ["EUR"], None),
        (None, "EUR", None),
        (True, "EUR", None),
        ({"value": 1}, "EUR", None),
        ("", "EUR", None),
        ("on request", "EUR", None),
        ("9" * 16, "EUR", None),
        ("9" * 4000, "EUR", None),
        (10**300, "EUR", None),
        (1e300, "EUR", None),
        (float("nan"), "EUR", None),
        (float("inf"), "EUR", None),
        ("1e5", "EUR", None),
        ("10 - 20", "EUR", None),
        ("€ -5", "EUR", None),
        ("49,-", "EUR", (49, "EUR")),
        ("Free", "EUR", None),
        ("٤٩", "EUR", (49, "EUR")),
    ],
)
def test_prices_are_exact_or_null(price: Any, currency: Any, expected: tuple[float, str] | None) -> None:
    found = read(ld(offer(price, currency)))
    assert found.title == "Bike"
    assert found.price == (expected and Money(to_minor(*expected), expected[1]))


@pytest.mark.parametrize(
    "image",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "ftp://shop.example/a.png",
        "http://user:password@shop.example/a.png",
        "http://",
        "http://[::1",
        "",
        " ",
        "a\x00b.png",
        "/" + "a" * 3000,
        [],
        [[[[[[[["/a.png"]]]]]]]],
        {"url": {"url": {"url": {"url": {"url": {"url": "/a.png"}}}}}},
        {"url": 7},
        7,
        None,
    ],
)
def test_pictures_are_web_addresses_or_null(image: Any) -> None:
    found = read(ld({"@type": "Product", "name": "Bike", "image": image}))
    assert found == Product("Bike")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a\x00b\x07c", "a b c"),
        ("a\ud800b", "a b"),
        ("\u2003 wide \u00a0 spaces\t", "wide spaces"),
        ("x" * 600, "x" * 512),
        (" " * 100_000 + "x", None),
        ("", None),
        (7, None),
        (["a"], None),
        ({"@value": "a"}, None),
        (None, None),
    ],
)
def test_titles_are_clean_or_null(name: Any, title: str | None) -> None:
    assert read(ld({"@type": "Product", "name": name})).title == title


@pytest.mark.parametrize(
    ("html", "content_type"),
    [
        ("<title>Größe</title>".encode(), "text/html; charset=utf-8"),
        ("<title>Größe</title>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ('<meta charset="windows-1252"><title>Größe</title>'.encode("cp1252"), "text/html"),
        ("\ufeff<title>Größe</title>".encode("utf-16"), "text/html"),
        (
            '<?xml version="1.0" encoding="UTF-8"?><html><head><title>Größe</title>'.encode(),
            "application/xhtml+xml",
        ),
    ],
)
def test_encodings_are_detected(html: bytes, content_type: str) -> None:
    assert read(html, content_type).title == "Größe"


def full(text: str) -> str:
    return (text * (SIZE // len(text) + 1))[:SIZE]


def attributes(count: int) -> str:
    return " ".join("".join(letters) for letters in islice(product(ascii_lowercase, repeat=4), count))


SCOPE = '<div itemscope itemprop="name offers" itemtype="http://schema.org/Product">'
HOSTILE = {
    "nothing": "",
    "nul": "\0" * SIZE,
    "deep": full("<div>"),
    "deep and closed": full("<b>")[: SIZE // 2] + full("</i></p>")[: SIZE // 2],
    "scopes in scopes": full(SCOPE),
    "scopes beside scopes": full(SCOPE + "x</div>"),
    "properties in a scope": SCOPE + full('<p itemscope itemprop="review"><b itemprop="name">'),
    "references": '<p id="a"><b itemprop="name">x</b></p>' + SCOPE.replace(">", f' itemref="{full("a ")}">'),
    "prefix of spaces": f'<html prefix="{" " * SIZE}"><head><meta property="og:title" content="x">',
    "prefix of letters": f'<html><head prefix="{"a" * SIZE}"><meta property="og:title" content="x">',
    "attributes": f"<p {attributes(100_000)}>",
    "properties": full('<meta property="og:title" content="x">'),
    "lists": ld("[" * 200_000),
    "objects": ld('{"@graph":' * 50_000),
    "flat": ld("[" + "[]," * 160_000 + "[]]"),
    "digits": ld('{"@type":"Product","offers":{"price":' + "9" * 400_000 + ',"priceCurrency":"EUR"}}'),
    "comments": ld(full("/* x */ { } ,")),
    "scripts": full('<script type="application/ld+json">{"@type":"Product"}</script>'),
    "broken scripts": full('<script type="application/ld+json">{"</script>'),
    "price": OPEN_GRAPH.replace("49,90", full("1 ")),
    "entities": "<!DOCTYPE x [" + full('<!ENTITY a "&b;&b;">') + "]><title>&a;",
    "outside entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><title>&a;',
    "open comment": full("<!--"),
    "open tag": full("<a "),
    "open quote": full('<a b="'),
    "codec": full('<meta charset="unicode_escape">\\u0041'),
    "no codec": full('<meta charset="zlib">'),
    "title": "<title>" + " " * SIZE,
    "titles of drawings": full("<svg><title>x</title></svg>"),
    "drawings in drawings": full("<svg><title>x"),
    "entities of entities": "<title>" + full("&amp;amp;"),
    "bases": full('<base href="x">'),
    "metas": full('<meta name="twitter:image" content="data:x">'),
    "scopes of another vocabulary": full('<div typeof="Product" property="name offers">'),
    "struck out": full('<div itemscope itemtype="schema.org/product"><del>'),
    "comments in a script": ld('{"a" ' + full("/*")),
    "comment lines in a script": ld('{"a" ' + full("//\n")),
    "quotes in a script": ld('{"a" ' + full('\\"')),
    "commas in a script": ld('{"a" ' + full(", ")),
    "braces in a script": ld(full("{")),
    "half objects in a script": ld(full('{"a":')),
    "objects in a row": ld(full("{} ")),
    "sections in a script": ld(full("<![CDATA[")),
    "escaped quotes in a script": ld(full("{&quot;a&quot;:")),
    "offers": ld('{"@type":"Product","offers":[' + full('{"price":1},') + "{}]}"),
    "offers in offers": ld('{"@type":"Product","offers":' + '{"offers":' * 900 + "{}" + "}" * 901),
    "products": ld("[" + full('{"@type":"Product","offers":{"@id":"a"}},') + "{}]"),
    "variants": ld('{"@type":"Product","hasVariant":[' + full('{"@type":"Product"},') + "{}]}"),
    "references in a circle": ld('[{"@id":"a","offers":{"@id":"a"},"@type":"Product","name":"x"}]'),
    "types": ld('{"@type":[' + full('"Product",') + '"x"]}'),
    "words between bars": "<title>" + full("a | "),
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_raise_nothing_and_are_fast(html: str) -> None:
    """Whole pages, and pages cut in the middle of an escape, a tag or a character."""
    for end in (len(html), len(html) // 2, len(html) // 2 + 1):
        began = time.thread_time()
        found = read(html[:end])
        assert time.thread_time() - began < 2
        assert "root:" not in (found.title or "")
        encode(found.as_row())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["Product", "EUR", "1.5"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["@type", "@graph", "mainEntity", "hasVariant", "name", "image", "url", "offers", "price",
                         "lowPrice", "priceCurrency", "priceSpecification", "@id", "priceType", "referenceQuantity",
                         "itemOffered", "mainEntityOfPage", "currency", "minPrice", "@value", "schema:name"]), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_random_json_ld_never_raises(data: Any) -> None:
    read_from = read(ld([data, {**data, "@type": "Product"}] if isinstance(data, dict) else data))
    found = json.loads(encode(read_from.as_row()))
    assert all(
        found[name] is None or isinstance(found[name], str) for name in ("title", "image_url", "currency")
    )
    assert found["price"] is None or found["price"] >= 0
    assert (found["price"] is None) == (found["currency"] is None)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=50))
def test_random_bytes_never_raise(body: bytes, content_type: str) -> None:
    encode(read(body, content_type).as_row())
