"""If the session ends while a form is open, the user logs in and gets the form back with the input (docs/forms.md)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.access.code_digits import digits_of
from accounts.models import OneTimeCode, User
from accounts.services.sessions import end_all_sessions
from accounts.services.signing_in.second_factors import new_app_secret
from accounts.tests.provider_server import Provider, began, path_of, running_provider
from conftest import PASSWORD
from core.pages.page_addresses import FRAGMENTS, is_part, page_for
from tests.forms.fields import fields_of
from tests.forms.routes import page_routes
from tests.support.browsing import as_user
from wishlists.models import Item, Wishlist

HERE = "http://testserver"
HTMX = {"HX-Request": "true"}
SOME_ID = "00000000-0000-4000-8000-000000000000"


def log_out_elsewhere(client: Client) -> None:
    """Log out as another tab would, which shares the cookies."""
    client.post("/logout")


def log_in(client: Client, user: User, to: str) -> Any:
    return client.post(
        "/login", {"email": user.email, "password": PASSWORD, "next": next_of(to)}, follow=True
    )


def next_of(location: str) -> str:
    assert urlsplit(location).path == "/login"
    return parse_qs(urlsplit(location).query)["next"][0]


# --- which addresses are pages ------------------------------------------------------------------------------------


def an_address(name: str, wanted: list[str]) -> str:
    known: dict[str, Any] = dict.fromkeys(("token", "who", "name"), "x" * 43)
    known |= {"passkey_id": 1, "connection_id": 1, "provider_id": "oidc"}
    return reverse(name, kwargs={one: known.get(one, SOME_ID) for one in wanted})


@pytest.mark.parametrize(("name", "wanted", "methods"), page_routes())
def test_next_is_never_an_address_that_only_accepts_forms(
    name: str, wanted: list[str], methods: list[str]
) -> None:
    address = an_address(name, wanted)
    assert is_part(address) is ("GET" not in methods or name in FRAGMENTS)
    above = page_for(address)
    assert not is_part(above)
    assert address.startswith(above)


@pytest.mark.django_db
def test_only_fragments_answer_with_a_part_of_a_page(alices: Client, item: Item) -> None:
    names: dict[str, Any] = {"wishlist_id": item.wishlist_id, "item_id": item.pk, "notification_id": SOME_ID}
    parts = set()
    for name, wanted, methods in page_routes():
        if "GET" not in methods or not set(wanted) <= set(names) or name == "health":
            continue
        answer = alices.get(reverse(name, kwargs={one: names[one] for one in wanted}))
        is_html = answer.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 200 and is_html and "<html" not in answer.text:
            parts.add(name)
    assert parts == FRAGMENTS - {"share-card"}


# --- back to the form, with the input -----------------------------------------------------------------------------


def test_input_is_restored_after_logging_in_again(alices: Client, alice: User, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    form = fields_of(alices.get(page), page) | {
        "title": "Red kettle",
        "description": "A\r\nletter",
        "price": "39",
    }
    log_out_elsewhere(alices)
    lost = alices.post(page, form, headers={"referer": f"{HERE}{page}"})
    assert (lost.status_code, next_of(lost["Location"])) == (303, page)
    back = log_in(alices, alice, lost["Location"])
    assert "You were logged out before you sent this." in back.text
    again = fields_of(back, page)
    assert {name: again[name] for name in form} == form
    assert alices.post(page, again).status_code == 303
    item.refresh_from_db()
    assert (item.title, item.price_minor, item.description) == ("Red kettle", 3900, "A\nletter")
    assert fields_of(alices.get(page), page)["title"] == "Red kettle"


def test_input_of_a_form_with_its_own_address_is_restored(
    alices: Client, alice: User, wishlist: Wishlist
) -> None:
    page, there = f"/lists/{wishlist.pk}", f"/lists/{wishlist.pk}/items"
    alices.get(page)
    log_out_elsewhere(alices)
    lost = alices.post(there, {"title": "A long thought", "currency": "USD", "quantity": "2"})
    assert next_of(lost["Location"]) == page, "without a referrer too"
    back = log_in(alices, alice, lost["Location"])
    form = fields_of(back, there)
    assert (form["title"], form["currency"], form["quantity"]) == ("A long thought", "USD", "2")


def test_input_of_a_page_with_errors_is_restored(alices: Client, alice: User, wishlist: Wishlist) -> None:
    there = f"/lists/{wishlist.pk}/items"
    assert alices.post(there, {"title": "", "currency": "EUR"}).status_code == 422
    log_out_elsewhere(alices)
    lost = alices.post(there, {"title": "Tent", "currency": "EUR"}, headers={"referer": f"{HERE}{there}"})
    assert next_of(lost["Location"]) == f"/lists/{wishlist.pk}"
    assert fields_of(log_in(alices, alice, lost["Location"]), there)["title"] == "Tent"


def by_password(client: Client, user: User, to: str) -> Any:
    return client.post("/login", {"email": user.email, "password": PASSWORD, "next": to})


def by_second_factor(client: Client, user: User, to: str) -> Any:
    secret = new_app_secret()
    TOTP.activate(user, secret)
    assert by_password(client, user, to)["Location"] == "/login/second-factor"
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return client.post("/login/second-factor", {"code": code})


def by_code(client: Client, user: User, to: str) -> Any:
    asked = client.post("/login/code", {"email": user.email, "next": to})
    code = digits_of(OneTimeCode.objects.get())
    assert next_in(asked["Location"]) == to
    return client.post("/login/code/confirm", {"email": user.email, "code": code, "next": to})


def by_new_password(client: Client, user: User, to: str) -> Any:
    client.post("/password/reset", {"email": user.email, "next": to})
    sent = {"email": user.email, "code": digits_of(OneTimeCode.objects.get()), "password": "another one"}
    done = client.post("/password/reset/confirm", sent | {"next": to})
    return client.post("/login", sent | {"next": next_in(done["Location"])})


def by_provider(client: Client, user: User, to: str, provider: Provider) -> Any:
    SocialAccount.objects.create(user=user, provider="oidc", uid="a")
    return client.get(path_of(provider.log_in_there(began(client, to), "a")))


WAYS = [by_password, by_second_factor, by_code, by_new_password, by_provider]


def next_in(location: str) -> str:
    return parse_qs(urlsplit(location).query)["next"][0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sent", [{}, HTMX], ids=["page", "htmx"])
def test_every_way_of_logging_in_leads_back_to_the_input(
    way: Callable[..., Any],
    sent: dict[str, str],
    alices: Client,
    alice: User,
    wishlist: Wishlist,
    settings: Settings,
) -> None:
    page, there = f"/lists/{wishlist.pk}", f"/lists/{wishlist.pk}/items"
    alices.get(page)
    end_all_sessions(user=alice)
    headers = {**sent, "HX-Current-URL": f"{HERE}{page}#items"} if sent else {"referer": f"{HERE}{page}"}
    lost = alices.post(there, {"title": "A long thought", "currency": "USD"}, headers=headers)
    to = next_of(lost["HX-Redirect"] if sent else lost["Location"])
    assert to == page, "never an address that only takes forms, never a fragment"
    if way is by_provider:
        with running_provider(settings) as provider:
            answer = by_provider(alices, alice, to, provider)
    else:
        answer = way(alices, alice, to)
    assert answer["Location"] == page
    assert fields_of(alices.get(page), there)["title"] == "A long thought"


@pytest.mark.parametrize("current", ["{page}", "{page}#item-1", "https://evil.example/lists", ""])
def test_htmx_request_redirects_the_whole_page_to_the_log_in(
    current: str, alices: Client, item: Item
) -> None:
    page = f"/lists/{item.wishlist_id}"
    log_out_elsewhere(alices)
    seen = {"HX-Current-URL": current.format(page=f"{HERE}{page}")}
    for answer in (
        alices.post(f"{page}/items/{item.pk}", {"action": "received"}, headers=HTMX | seen),
        alices.get(f"{page}/items/{item.pk}", headers=HTMX | seen),
        alices.post(f"{page}/items/{item.pk}/move", {"to": "up"}, headers=HTMX | seen),
    ):
        assert (answer.status_code, answer.content) == (200, b"")
        assert next_of(answer["HX-Redirect"]) == page


def test_input_of_a_user_is_not_shown_to_another(alices: Client, bob: User, wishlist: Wishlist) -> None:
    page = f"/lists/{wishlist.pk}/items/{SOME_ID}/talk"
    key = key_on(alices.get(f"/lists/{wishlist.pk}"))
    log_out_elsewhere(alices)
    lost = alices.post(page, {"lane": "questions", "text": "Only mine", "form_key": key})
    back = log_in(alices, bob, lost["Location"])
    assert "Only mine" not in back.text
    assert "Only mine" not in str(alices.session.items())


def key_on(page: Any) -> str:
    return str(page.text.split('name="form_key" value="')[1].split('"')[0])


def test_passwords_are_not_kept(alices: Client) -> None:
    log_out_elsewhere(alices)
    lost = alices.post("/account/password", {"password": "one two three", "new_password": "four five six"})
    assert next_of(lost["Location"]) == "/account"
    kept = str(alices.session.items())
    assert "kept_forms" in kept
    assert "one two" not in kept
    assert "four five" not in kept


def test_kept_input_is_limited(alices: Client, wishlist: Wishlist) -> None:
    log_out_elsewhere(alices)
    for number in range(9):
        alices.post(f"/lists/{wishlist.pk}/items", {"title": f"{number}" * 500_000})
    assert len(str(alices.session.items())) < 70_000


def test_input_is_kept_until_its_page_is_available(alices: Client, alice: User, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    log_out_elsewhere(alices)
    lost = alices.post(page, {"title": "x", "description": "A letter of two pages."})
    Wishlist.objects.filter(pk=item.wishlist_id).update(title="y")
    client = alices
    client.post("/login", {"email": alice.email, "password": PASSWORD})
    Item.objects.filter(pk=item.pk).update(removed_at="2026-01-01T00:00:00Z")
    assert client.get(page).status_code == 404
    Item.objects.filter(pk=item.pk).update(removed_at=None)
    assert "A letter of two pages." in client.get(page).text, "kept until its page is there"
    assert lost.status_code == 303


@pytest.mark.parametrize("wanted", ["items", "items/{item}", "link", "suggestions"])
def test_old_next_parameter_leads_to_a_page(wanted: str, alice: User, item: Item) -> None:
    address = f"/lists/{item.wishlist_id}/{wanted.format(item=item.pk)}"
    answer = log_in(Client(), alice, f"/login?next={address}")
    assert answer.status_code == 200
    assert "<html" in answer.text


# --- wrong CSRF tokens --------------------------------------------------------------------------------------------


class Browser:
    """A client with CSRF checks, and with the headers that a browser sends."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        if user is not None:
            self.client.force_login(user)

    def token(self, page: str) -> str:
        return str(self.client.get(page).text.split('csrfmiddlewaretoken" value="')[1].split('"')[0])

    def send(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        return self.client.post(path, fields, headers={"origin": HERE} | headers)


def test_form_opened_as_a_guest_is_restored_after_logging_in(
    alice: User, item: Item, share_path: str
) -> None:
    browser = Browser()
    old = browser.token(share_path)
    key = key_on(browser.client.get(share_path))
    browser.send(
        "/login", {"email": alice.email, "password": PASSWORD, "csrfmiddlewaretoken": browser.token("/login")}
    )
    fields = {"title": "Tea", "message": "They like it.", "csrfmiddlewaretoken": old, "form_key": key}
    there = f"{share_path}/suggest"
    Wishlist.objects.update(suggestions_from="anyone")
    lost = browser.send(there, fields, referer=f"{HERE}{share_path}")
    assert (lost.status_code, lost["Location"]) == (303, share_path)
    page = browser.client.get(share_path)
    assert "You have logged in since you opened this page." in page.text
    assert "They like it." in page.text


def test_wrong_token_in_an_htmx_request_redirects_the_whole_page(alice: User, item: Item) -> None:
    browser = Browser(alice)
    page = f"/lists/{item.wishlist_id}"
    browser.token(page)
    answer = browser.send(
        f"{page}/items/{item.pk}",
        {"action": "received", "csrfmiddlewaretoken": "x" * 64},
        **HTMX,
        **{"HX-Current-URL": f"{HERE}{page}"},
    )
    assert answer["HX-Redirect"] == page
    assert "You opened this page in an earlier session." in browser.client.get(page).text


def test_second_wrong_token_shows_an_explanation(alice: User) -> None:
    browser = Browser(alice)
    browser.token("/lists")
    answers = [browser.send("/lists", {"title": "A", "csrfmiddlewaretoken": "x" * 64}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 403]
    assert "This form was refused twice." in answers[1].text
    assert 'name="title" value="A"' in answers[1].text


def test_blocked_cookies_are_explained(alice: User) -> None:
    answer = Browser().send("/register", {"email": "new@example.com"})
    assert answer.status_code == 403
    assert "Allow cookies for this site" in answer.text
    assert 'name="email" value="new@example.com"' in answer.text
    with_password = Browser().send("/register", {"email": "new@example.com", "password": "abc"})
    assert "abc" not in with_password.text


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (
            {"origin": "https://wishes.example"},
            "from https://wishes.example, but it arrived here for http://testserver",
        ),
        ({"origin": "null"}, "doesn&#x27;t say which page this form comes from"),
    ],
)
def test_wrong_origin_is_explained(headers: dict[str, str], sentence: str, alice: User) -> None:
    browser = Browser(alice)
    form = {"title": "A", "csrfmiddlewaretoken": browser.token("/lists")}
    for _ in range(2):
        answer = browser.send("/lists", form, **headers)
        assert answer.status_code == 403
        assert sentence in answer.text
        assert 'value="A"' not in answer.text, "another site may have written it"
    assert not Wishlist.objects.exists()
    assert settings.SITE_URL


def test_revoked_link_is_a_sentence_for_htmx(share_path: str, wishlist: Wishlist, item: Item) -> None:
    wishlist.public_links.update(revoked_at="2026-01-01T00:00:00Z")
    answer = Client().post(
        f"{share_path}/items/{item.pk}", {"action": "reserve", "name": "Mia"}, headers=HTMX
    )
    assert answer.status_code == 403
    assert "<html" not in answer.text
    assert answer["HX-Reswap"] == "none"


@pytest.fixture
def share_path(wishlist: Wishlist, alice: User) -> str:
    from sharing.access.capabilities import link_token
    from sharing.services.links import make_link

    return f"/s/{link_token(make_link(wishlist=wishlist, by=alice)[0])}"


def test_control_without_the_middleware_next_only_accepts_forms(
    alice: User, wishlist: Wishlist, settings: Any
) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "EndedLogIns" not in one]
    client = as_user(alice)
    log_out_elsewhere(client)
    lost = client.post(f"/lists/{wishlist.pk}/items", {"title": "A"})
    assert is_part(next_of(lost["Location"]))
