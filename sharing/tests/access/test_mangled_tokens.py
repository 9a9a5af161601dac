"""Links open even if chats or people have changed them, and only valid tokens open anything."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from core.http.redaction import RedactingFormatter, redact
from sharing.access.capabilities import manage_token
from sharing.access.mangled_tokens import unmangled
from sharing.models import PublicLink
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Guest, Wishlist
from wishlists.services.lists.people import join_guest

pytestmark = pytest.mark.django_db

BEHIND = [
    ".", ",", ")", "]", "}", ">", ";", ":", "!", "?!", "'", '"', "’", "”", "»", "…", "*", "_", "__", "-", "~", "|",
    ").", ",)", '".', ">.", "%20", "%22", "%29", "%3E", "%2520", "&gt;", "&quot;", "&#39;", " ", "\u00a0", "\u200b",
    " and see", "\\", "`", "%E2%80%8B",
]  # fmt: skip
BEFORE = ["(", "<", '"', "“", "*", "_", "%20", "&lt;", "\u200b", "=3D"]
WRAPPED = ["\n", "\r\n  ", "=\r\n", " ", "\u200b", "\u00ad", "%0A"]


def mangled(token: str) -> list[str]:
    """Return spellings of the token as they arrive in the path. The server has decoded them."""
    return [
        *(f"{token}{sign}" for sign in BEHIND),
        *(f"{sign}{token}" for sign in BEFORE),
        *(f"({token})", f"<{token}>", f"“{token}”", f"**{token}**"[1:-1], f"_{token}_"),
        *(f"{token[:20]}{sign}{token[20:]}" for sign in WRAPPED),
    ]


def get(address: str) -> Any:
    return Client().get(address)


def test_mangled_link_redirects_to_the_clean_address(token: str) -> None:
    closed = []
    for text in mangled(token):
        answer = get(f"/s/{quote(text, safe='')}")
        if (answer.status_code, answer.headers.get("Location")) != (302, f"/s/{token}"):
            closed.append((text.replace(token, "…"), answer.status_code))
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
    assert closed == []


@pytest.mark.parametrize("tail", ["//", "/.", "/)", "/).", "/ ", '/">', "/nowhere", "/items"])
def test_slash_at_the_end_is_ignored(tail: str, token: str) -> None:
    assert get(f"/s/{token}/").status_code == 200
    assert get(f"/s/{token}{quote(tail)}").headers["Location"] == f"/s/{token}"


@pytest.mark.parametrize(
    ("tail", "page"), [("/collecting).", "/collecting"), ("./collecting.", "/collecting")]
)
def test_page_below_opens_if_it_exists(tail: str, page: str, token: str) -> None:
    assert get(f"/s/{token}{tail}").headers["Location"] == f"/s/{token}{page}"


def test_redirect_keeps_the_query(token: str) -> None:
    assert get(f"/s/{token}.?utm_source=chat").headers["Location"] == f"/s/{token}?utm_source=chat"


def test_guest_page_opens_from_mangled_links(wishlist: Wishlist, link: PublicLink) -> None:
    token = manage_token(join_guest(wishlist=wishlist, name="Grandma"))
    for text in mangled(token):
        assert get(f"/g/{quote(text, safe='')}").headers.get("Location") == f"/g/{token}", text
    for tail in ("//", "/).", "/gifts/"):
        assert get(f"/g/{token}{tail}").headers["Location"] == f"/g/{token}"
    typed = Client().post("/g", {"token": f"My link: <http://testserver/g/{token}>."})
    assert (typed.status_code, typed.headers["Location"]) == (303, f"/g/{token}")


def test_api_accepts_mangled_tokens(token: str, anybody: Api) -> None:
    for text in mangled(token):
        assert anybody("GET", f"/public/wishlists?token={quote(text, safe='')}").status_code == 200, text
    assert anybody("GET", f"/public/wishlists?x=1&amp;token={token}").status_code == 200


def test_header_accepts_a_mangled_manage_token(anybody: Api, share_link: ShareLink, item: Any) -> None:
    share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": "Grandma"})
    own = manage_token(Guest.objects.get())
    assert len(share_link.reservations(anybody, f"<{own}>.").json()) == 1


def test_posts_are_not_redirected(token: str) -> None:
    assert Client().post(f"/s/{token}.", {}).status_code == 405
    assert Client().post(f"/s/{token}/", {}).status_code == 405


@pytest.mark.parametrize(
    "way", ["swap the case", "one letter more", "one before", "one behind", "one less", "another", "none"]
)
def test_wrong_token_opens_nothing(way: str, token: str, anybody: Api) -> None:
    other = "A" if token[5] != "A" else "B"
    wrong = {
        "swap the case": token.swapcase(),
        "one letter more": f"{token[:5]}{other}{token[5:]}",
        "one before": f"x{token}",
        "one behind": f"{token}x",
        "one less": token[:-1],
        "another": f"{token[:5]}{other}{token[6:]}",
        "none": "",
    }[way]
    for text in (wrong, f"{wrong}.", f"({wrong})"):
        assert unmangled(text) == text
        if text:
            assert get(f"/s/{quote(text)}").status_code == 404
            assert refused(anybody("GET", f"/public/wishlists?token={quote(text)}")) == (404, "no_such_link")
        assert get(f"/s/{quote(text)}/").status_code == 404


def test_mangled_token_of_a_revoked_link_gets_403(
    token: str, as_alice: Api, wishlist: Wishlist, anybody: Api
) -> None:
    as_alice("DELETE", f"/wishlists/{wishlist.pk}/public-link")
    assert get(f"/s/{token}").status_code == 403
    assert refused(anybody("GET", f"/public/wishlists?token={token}.")) == (403, "link_revoked")


def test_no_spelling_of_a_token_is_logged(token: str, caplog: pytest.LogCaptureFixture) -> None:
    form = RedactingFormatter("%(message)s")
    with caplog.at_level(logging.DEBUG):
        for text in (*mangled(token)[:-7], f"{token}/", f"({token}/nowhere"):
            get(f"/s/{quote(text, safe='/')}")
            Client().post(f"/s/{quote(text, safe='/')}", {})
    assert [line for record in caplog.records if token in (line := form.format(record))] == []
    assert all(token not in redact(f'"GET /s/{text} HTTP/1.1" 200') for text in mangled(token)[:-7])
