"""The people of the table, and a list with something for every route, made once for all rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Tenant, User
from accounts.services.api_tokens import make_api_token
from accounts.services.people import deactivate_user
from accounts.services.sessions import end_session, start_session, tokens_of
from accounts.services.signing_in.second_factors import add_passkey
from accounts.tests.soft_passkey import SoftPasskey
from core.http.unchanged import known_answers
from jobs.services.exporting import start_export
from moderation.models import Report
from notices.models import PushSubscription
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.services.inviting import invite
from tests.authorization.roles import MEMBERS, OUTSIDE, ROLES, TOKEN, WITH_LINK, Row
from tests.authorization.rows.accounts import PASSWORD
from tests.support.api_clients import Api, logged_in
from tests.support.stages import rolled_back
from wishlists.api.response_cache import response_cache
from wishlists.models import Wishlist


class Cast:
    """`things` are the values for the parameters of addresses, by name."""

    def __init__(self) -> None:
        self._password = make_password(PASSWORD)
        self.people = {name: self._person(name) for name in (*MEMBERS, *OUTSIDE, "deactivated")}
        self.apis = {name: Api(logged_in(user)["access_token"]) for name, user in self.people.items()}
        self.apis |= {name: Api() for name in ("anonymous", "visitor", "guest")}
        ended = start_session(user=self.people["editor"])
        self.apis["ended session"] = Api(tokens_of(ended)["access_token"])
        self.apis[TOKEN] = Api(make_api_token(user=self.people["owner"], name="x", scopes=[])[1])
        assert self.apis.keys() == set(ROLES)
        self.manage_token = ""
        self.link = ""
        self.things: dict[str, Any] = {name: str(user.pk) for name, user in self.people.items()}
        self.things |= {f"{name} email": user.email for name, user in self.people.items()}
        self._fill_list()
        end_session(session=ended)
        deactivate_user(user=self.people["deactivated"])

    def ask(self, role: str, method: str, path: str, row: Row) -> Any:
        """Return the answer to this role's request of a route."""
        names = self.things_of(row)
        sent = [row.query.format(**names)] if row.query else []
        if path.startswith("public/") and role in WITH_LINK:
            sent.append(f"token={self.link}")
        address = f"/{path.format(**names)}".removesuffix("/") + ("?" + "&".join(sent) if sent else "")
        headers = {"x-manage-token": self.manage_token} if role == "guest" else {}
        return self.apis[role](method, address, filled(row.body, names), headers=headers)

    def things_of(self, row: Row) -> dict[str, Any]:
        """Return the things by name, with those that this row puts into its address."""
        return self.things | {name: self.things[thing] for name, thing in row.at.items()}

    def _person(self, name: str) -> User:
        tenant: dict[str, Any] = {}
        if name == "other tenant":
            tenant = {"tenant": Tenant.objects.create(name="Elsewhere"), "tenant_role": "admin"}
        return User.objects.create(
            email=f"{name.replace(' ', '.')}@example.com",
            display_name=name.title(),
            password=self._password,
            is_staff=name in ("moderator", "super admin"),
            is_superuser=name == "super admin",
            **tenant,
        )

    # --- what there is on the list ---

    def _made(self, role: str, path: str, body: Any = None) -> Any:
        row = Row({}, body)
        answer = self.ask(role, "POST", path, row)
        assert answer.status_code in (200, 201), (role, path, answer.text)
        return answer.json()

    def _fill_list(self) -> None:
        things = self.things
        made = self._made("owner", "wishlists", {"title": "Birthday"})
        here = f"wishlists/{made['id']}"
        things["wishlist_id"] = made["id"]
        for name, role in (("editor", "editor"), ("viewer", "viewer"), ("deactivated", "editor")):
            self._made("owner", f"{here}/shares", {"email": self.people[name].email, "role": role})
        recipient = self.people["recipient"]
        self._made("owner", f"{here}/shares", {"email": recipient.email, "role": "viewer"})
        recipients = {"user_ids": [str(self.people["owner"].pk), str(recipient.pk)]}
        assert self.ask("owner", "PUT", f"{here}/recipients", Row({}, recipients)).status_code == 200
        for title in ("lamp", "kettle", "mug", "pan"):
            item = {"title": title, "price": 40, "quantity": 1}
            things[title] = self._made("owner", f"{here}/items", item)["id"]
        things["item_id"] = things["lamp"]
        things["draft"] = self._made("owner", f"{here}/drafts", {"title": "Tea"})["id"]
        self.link = self._made("owner", f"{here}/public-link", {})["token"]
        self._share_with_groups(here)
        self._share_things()
        sent = invite(
            kind=Kind.LIST,
            target=self.wishlist,
            by=self.people["owner"],
            email=self.people["stranger"].email,
            role="viewer",
        )
        things["invitation"] = invitation_token(sent)
        things["person_id"] = self._made("owner", "people", {"name": "Gran"})["id"]
        self._start_exchange()
        self._give(here)
        self._give_as_guest()
        things |= {
            "suggestion_id": self._made("viewer", f"{here}/suggestions", {"title": "A book"})["id"],
            "provider_id": "oidc",
            "tenant_id": self.people["other tenant"].tenant_id,
            "user_id": self.people["viewer"].pk,
            "giver_id": self.people["viewer"].pk,
            "notification_id": self.ask("viewer", "GET", "notifications", Row({})).json()[0]["id"],
            "session_id": start_session(user=self.people["owner"]).pk,
            "job_id": start_export(user=self.people["owner"])[0].pk,
            "passkey_id": _passkey_of(self.people["owner"]),
            "token_id": make_api_token(user=self.people["owner"], name="y", scopes=[])[0].pk,
            "link_id": self._made("owner", "users/me/feeds", {"kind": "news"})["id"],
            "webhook_id": self._made("owner", "webhooks", {"url": "https://example.com/hook"})["id"],
            "subscription_id": self._subscribed(),
            "report_id": self._reported(),
        }

    def _reported(self) -> str:
        """Return the viewer's report of the list. The moderator has the permissions of the pages of the admin."""
        pages = ("view_report", "view_user", "change_user", "view_wishlist")
        self.people["moderator"].user_permissions.set(Permission.objects.filter(codename__in=pages))
        body = {"target": "list", "target_id": self.things["wishlist_id"], "reason": "spam"}
        self._made("viewer", "reports", body)
        return str(Report.objects.get().pk)

    def _share_with_groups(self, here: str) -> None:
        """The owner's family are the owner, an admin, and the editor. The list is shared with them."""
        self.things["group_id"] = family = self._made("owner", "groups", {"name": "Family"})["id"]
        self._made("owner", f"groups/{family}/members", {"email": self.people["editor"].email})
        self._made("owner", f"{here}/groups", {"group_id": family})

    def _share_things(self) -> None:
        """A shared list of the owner, with the same members."""
        shared = self._made("owner", "shopping-lists", {"title": "Groceries"})["id"]
        for name, role in (("editor", "editor"), ("viewer", "viewer"), ("recipient", "viewer")):
            body = {"email": self.people[name].email, "role": role}
            self._made("owner", f"shopping-lists/{shared}/shares", body)
        self.things["shared list"] = shared
        self.things["milk"] = self._made("viewer", f"shopping-lists/{shared}/items", {"title": "Milk"})["id"]

    def _subscribed(self) -> Any:
        """Return the owner's browser that gets pushes."""
        owner = self.people["owner"]
        row = PushSubscription.objects.create(user=owner, session=start_session(user=owner), endpoint="x")
        return row.pk

    def _start_exchange(self) -> None:
        """The owner organises an exchange, and the viewer takes part. Gran may not give to the uncle."""
        people = [{"name": "Gran"}, {"name": "Uncle"}]
        made = self._made("owner", "exchanges", {"title": "Christmas", "participants": people})
        here, (gran, uncle) = f"exchanges/{made['id']}", (one["id"] for one in made["participants"])
        self._made("viewer", f"{here}/join", {"token": made["join_token"]})
        excluded = {"giver_id": gran, "receiver_id": uncle, "mutual": False}
        self.things |= {
            "exchange_id": made["id"],
            "join": made["join_token"],
            "participant_id": gran,
            "uncle": uncle,
            "exclusion_id": self._made("owner", f"{here}/exclusions", excluded)["id"],
        }

    def _give(self, here: str) -> None:
        """The viewer has reserved the kettle; the editor waits for it."""
        things, kettle = self.things, f"{here}/items/{self.things['kettle']}"
        things["reservation_id"] = self._made("viewer", f"{kettle}/reservations", {})["id"]
        self._made("editor", f"{kettle}/waiting", {})
        self._made("viewer", f"{here}/items/{things['pan']}/contributions", {"amount": 5})
        things["contribution_id"] = self.ask("viewer", "GET", "contributions", Row({})).json()[0]["id"]
        things["collection_id"] = self._made("viewer", f"{here}/collections", {"target": 100})["id"]
        question = {"lane": "questions", "text": "Which colour?"}
        things["message_id"] = self._made("viewer", f"{kettle}/messages", question)["id"]
        assert self.ask("viewer", "PUT", f"{here}/budget", Row({}, {"amount": 50})).status_code == 200

    def _give_as_guest(self) -> None:
        """The guest has reserved the mug, pledged for the pan, waits for the kettle and asked something."""
        things, items = self.things, "public/wishlists/items"
        named = self._made("visitor", "public/guests", {"guest_name": "Rose"})
        self.manage_token = things["manage token"] = named["manage_token"]
        taken = {"reservation_status": "reserved"}
        assert self.ask("guest", "PATCH", f"{items}/{things['mug']}", Row({}, taken)).status_code == 200
        self._made("guest", f"{items}/{things['pan']}/contributions", {"amount": 5})
        self._made("guest", f"{items}/{things['kettle']}/waiting", {})
        asked = {"lane": "questions", "text": "Which size?"}
        things["guest's message"] = self._made("guest", f"{items}/{things['mug']}/messages", asked)["id"]
        for name in ("reservation", "contribution"):
            mine = self.ask("guest", "GET", f"public/{name}s", Row({})).json()
            things[f"guest's {name}"] = mine[0]["id"]

    @property
    def wishlist(self) -> Wishlist:
        return Wishlist.objects.get(pk=self.things["wishlist_id"])


def _passkey_of(user: User) -> int:
    made = add_passkey(user=user, name="Phone", credential=SoftPasskey(user.pk.bytes).create("AAAA"))
    return int(made.pk)


def filled(body: Any, things: dict[str, Any]) -> Any:
    """Return the body with `{names}` of things replaced."""
    if isinstance(body, dict):
        return {name: filled(value, things) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, things) for value in body]
    return body.format(**things) if isinstance(body, str) else body


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Everybody, and a list with something for every route. A slow password hash and rate limits are not the subject."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers, RATE_LIMITS=False), rolled_back(django_db_blocker):
        yield Cast()


@contextmanager
def undone() -> Iterator[None]:
    """Roll back what happens inside, also in the memory of this process."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_answers()


def forget_answers() -> None:
    known_answers.forget()
    response_cache.forget()
