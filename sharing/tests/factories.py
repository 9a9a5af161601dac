"""Helpers for tests of guests: a guest's reservation, their requests, and their page."""

from __future__ import annotations

from typing import Any

from django.test import Client

from sharing.tests.conftest import ShareLink
from tests.support.api_clients import Api

RESERVE = {"reservation_status": "reserved", "guest_name": "Grandma", "guest_email": "g@example.org"}


def mine(share_link: ShareLink, api: Api) -> str:
    answer = share_link.patch(api, RESERVE)
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["manage_token"])


def ask(api: Api, method: str, path: str, share_link: ShareLink, token: str, body: Any = None) -> Any:
    options = {"headers": {"x-manage-token": token}}
    return api(method, f"/public/{path}?token={share_link.token}", body, **options)


def page_of(token: str, browser: Client | None = None) -> str:
    answer = (browser or Client()).get(f"/g/{token}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    return str(answer.content.decode())
