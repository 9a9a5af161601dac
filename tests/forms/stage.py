"""A list with data for every form of every page, and the fields to send to each URL that takes a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from accounts.access.link_tokens import account_link_token
from accounts.access.scopes import Scope
from accounts.models import AccountLink, Notification, Tenant, User
from accounts.projections.notice_kinds import Group, declared_kinds
from accounts.services.api_tokens import make_api_token
from accounts.services.groups import create_group, let_into_group
from accounts.services.people import edit_user
from accounts.services.sessions import start_session
from exchanges.access.tokens import join_token, private_token
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import allow_pair, exclude_pair, start_exchange
from exchanges.services.participants import join_exchange
from jobs.services.exporting import start_export
from notices.services.feed_links import make_feed_link
from people.services.people import add_person, remove_people
from sharing.access.capabilities import link_token, manage_token
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.models import Suggestion
from sharing.services.inviting import invite
from sharing.services.links import make_link
from tests.support.workers import run_queued_jobs
from webhooks.services.managing import make_webhook
from wishlists.models import Collection, Contribution, Guest, Item, Message, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.drafts import add_draft
from wishlists.services.lists.group_sharing import share_with_group
from wishlists.services.lists.items import add_item, remove_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist

MIA = "Mia"


@dataclass(frozen=True)
class Posted:
    """A form: who sends it, and its fields."""

    by: str
    fields: dict[str, Any]


ALICE, BOB, CHARLIE, STRANGER, GUEST, ADMIN = "alice", "bob", "charlie", "stranger", "guest", "admin"

FORMS: dict[str, Posted] = {
    "register": Posted(STRANGER, {"email": "new@example.com", "password": "correct horse battery"}),
    "logout": Posted(BOB, {}),
    "log-in-code": Posted(STRANGER, {"email": "bob@example.com"}),
    "password-reset": Posted(STRANGER, {"email": "bob@example.com"}),
    "verify-email-resend": Posted(STRANGER, {"email": "bob@example.com", "next": "/join/{new}"}),
    "account-email": Posted(BOB, {"email": "bobby@example.com", "password": "correct horse battery"}),
    "app-remove": Posted(BOB, {"password": "correct horse battery"}),
    "passkey-remove": Posted(BOB, {"password": "correct horse battery"}),
    "connection-remove": Posted(BOB, {"password": "correct horse battery"}),
    "recovery-codes-renew": Posted(BOB, {"password": "correct horse battery"}),
    "account": Posted(BOB, {"display_name": "Bobby"}),
    "account-reading": Posted(BOB, {"language": "de", "time_zone": "Asia/Tokyo", "currency": "JPY"}),
    "account-password": Posted(
        BOB, {"password": "correct horse battery", "new_password": "another horse battery"}
    ),
    "account-picture-remove": Posted(BOB, {}),
    "account-delete": Posted(BOB, {"password": "correct horse battery", "sure": "on"}),
    "account-sessions-end": Posted(BOB, {}),
    "account-session-end": Posted(BOB, {}),
    "account-tokens": Posted(BOB, {"name": "Script", "scopes": "lists:read", "days": "90"}),
    "account-token-revoke": Posted(BOB, {}),
    "account-notifications-group": Posted(
        BOB, {f"email_{kind.name}": "off" for kind in declared_kinds() if kind.group == Group.MESSAGES}
    ),
    "account-feeds": Posted(BOB, {"kind": "calendar"}),
    "account-feed-revoke": Posted(BOB, {}),
    "account-webhooks": Posted(BOB, {"url": "https://example.com/hook", "wishlist": ""}),
    "account-webhook-turn": Posted(BOB, {"is_active": "false"}),
    "account-webhook-delete": Posted(BOB, {}),
    "export": Posted(BOB, {}),
    "job-cancel": Posted(BOB, {}),
    "job-file-delete": Posted(BOB, {}),
    "set-password": Posted(STRANGER, {"password": "another horse battery"}),
    "keep-address": Posted(STRANGER, {}),
    "managed-users": Posted(
        ADMIN, {"display_name": "Zoe", "email": "zoe@example.com", "tenant_role": "member"}
    ),
    "managed-user": Posted(ADMIN, {"display_name": "Bobby", "tenant_role": "member"}),
    "managed-user-activity": Posted(ADMIN, {"active": "0"}),
    "tenants": Posted(ADMIN, {"name": "Us", "admin_name": "Zoe", "admin_email": "zoe@example.com"}),
    "tenant": Posted(ADMIN, {"name": "Others", "slug": "others"}),
    "tenant-activity": Posted(ADMIN, {"active": "0"}),
    "inbox-read-all": Posted(BOB, {}),
    "inbox-read": Posted(BOB, {}),
    "groups": Posted(ALICE, {"name": "Neighbours"}),
    "group-name": Posted(ALICE, {"name": "Relatives"}),
    "group-people": Posted(ALICE, {"email": "charlie@example.com", "role": "member"}),
    "group-invite": Posted(ALICE, {"email": "new@example.com", "role": "member"}),
    "group-person": Posted(ALICE, {"action": "admin"}),
    "group-delete": Posted(ALICE, {}),
    "list-groups": Posted(ALICE, {"group_id": "{group}", "role": "viewer"}),
    "list-group-remove": Posted(ALICE, {}),
    "exchanges": Posted(ALICE, {"title": "Christmas", "names": "Gran", "currency": "EUR"}),
    "exchange-edit": Posted(ALICE, {"title": "Christmas Eve", "currency": "EUR"}),
    "exchange-delete": Posted(ALICE, {}),
    "exchange-draw": Posted(ALICE, {}),
    "exchange-join-oneself": Posted(ALICE, {}),
    "exchange-add": Posted(ALICE, {"name": "Walter"}),
    "exchange-remove": Posted(ALICE, {}),
    "exchange-link": Posted(ALICE, {}),
    "exchange-exclude": Posted(
        ALICE, {"giver_id": "{other_participant}", "receiver_id": "{participant_id}", "kind": "one_way"}
    ),
    "exchange-allow": Posted(ALICE, {}),
    "exchange-me-page": Posted(BOB, {"wishes": "Jam"}),
    "exchange-leave": Posted(BOB, {}),
    "exchange-invited": Posted(STRANGER, {"name": MIA}),
    "exchange-show": Posted(STRANGER, {}),
    "exchange-code": Posted(STRANGER, {"new_code": "1234"}),
    "exchange-wishes": Posted(STRANGER, {"wishes": "Jam"}),
    "exchange-private-leave": Posted(STRANGER, {}),
    "people": Posted(ALICE, {"name": "Gran", "birth_day": "29", "birth_month": "2"}),
    "person": Posted(ALICE, {"name": "Granny", "sizes": "Shoes: 38"}),
    "person-remove": Posted(ALICE, {}),
    "person-restore": Posted(ALICE, {}),
    "list-for-person": Posted(ALICE, {}),
    "lists": Posted(ALICE, {"title": "Moving house", "preset": "surprise"}),
    "list-settings": Posted(ALICE, {"title": "Mine", "policy": "surprise", "secret_additions": "givers"}),
    "list-recipients": Posted(ALICE, {"user_ids": "{alice}", "recipient_name": "Mum"}),
    "list-delete": Posted(ALICE, {}),
    "thing-add": Posted(ALICE, {"title": "Milk", "quantity": "2"}),
    "thing-tick": Posted(ALICE, {"action": "received"}),
    "item-add": Posted(ALICE, {"title": "Lamp", "currency": "EUR", "quantity": "1"}),
    "draft-edit": Posted(ALICE, {"title": "Boat", "currency": "EUR", "how": "show"}),
    "item-card": Posted(BOB, {"action": "reserve"}),
    "item-chip": Posted(BOB, {"amount": "5"}),
    "item-edit": Posted(ALICE, {"title": "Kettle 2", "currency": "EUR", "quantity": "1"}),
    "item-move": Posted(ALICE, {"to": "down"}),
    "item-remove": Posted(ALICE, {}),
    "item-restore": Posted(ALICE, {}),
    "list-budget": Posted(BOB, {"amount": "50", "currency": "EUR"}),
    "my-gifts-checkout": Posted(BOB, {"ids": "{reservation_id}"}),
    "my-gifts-waiting": Posted(BOB, {}),
    "my-gifts-move": Posted(BOB, {"action": "release"}),
    "list-reveal": Posted(ALICE, {"confirm": "true"}),
    "list-thanks": Posted(ALICE, {"action": "save", "note": "Thank you!"}),
    "item-talk": Posted(BOB, {"lane": "givers", "text": "Shall we?"}),
    "item-talk-remove": Posted(BOB, {}),
    "list-collecting": Posted(BOB, {"item": "{item_id}", "currency": "EUR", "target": "30"}),
    "list-collecting-chip": Posted(BOB, {"amount": "5"}),
    "list-collecting-end": Posted(BOB, {}),
    "list-contribution": Posted(BOB, {"action": "withdraw"}),
    "share-open": Posted(STRANGER, {}),
    "share-name": Posted(STRANGER, {"name": MIA}),
    "share-suggest": Posted(BOB, {"title": "Tea"}),
    "share-card": Posted(STRANGER, {"action": "reserve", "name": MIA}),
    "share-chip": Posted(STRANGER, {"amount": "5", "name": MIA}),
    "share-collecting-chip": Posted(STRANGER, {"amount": "5", "name": MIA}),
    "share-pot": Posted(STRANGER, {"amount": "5", "name": MIA}),
    "share-contribution": Posted(GUEST, {"action": "withdraw"}),
    "share-talk": Posted(STRANGER, {"lane": "questions", "text": "Which size?", "name": MIA}),
    "share-talk-remove": Posted(GUEST, {}),
    "guest-gift": Posted(STRANGER, {"action": "release"}),
    "guest-money": Posted(STRANGER, {"action": "withdraw"}),
    "guest-line": Posted(STRANGER, {}),
    "guest-notices": Posted(STRANGER, {}),
    "guest-take-over": Posted(CHARLIE, {}),
    "guest-name": Posted(STRANGER, {"name": "Maya"}),
    "guest-mail": Posted(STRANGER, {}),
    "guest-code": Posted(STRANGER, {}),
    "report-list": Posted(BOB, {"reason": "spam"}),
    "report-item": Posted(BOB, {"reason": "spam"}),
    "report-message": Posted(BOB, {"reason": "abuse"}),
    "report-person": Posted(ALICE, {"reason": "abuse"}),
    "share-report": Posted(STRANGER, {"reason": "spam"}),
    "share-report-item": Posted(STRANGER, {"reason": "spam"}),
    "share-report-message": Posted(STRANGER, {"reason": "abuse"}),
    "share-report-owner": Posted(STRANGER, {"reason": "abuse"}),
    "invitation": Posted(CHARLIE, {}),
    "invitation-decline": Posted(CHARLIE, {}),
    "invitation-register": Posted(
        STRANGER, {"email": "new@example.com", "password": "correct horse battery"}
    ),
    "list-link": Posted(ALICE, {"max_views": "5"}),
    "list-link-revoke": Posted(ALICE, {}),
    "list-people": Posted(ALICE, {"email": "charlie@example.com", "role": "viewer"}),
    "list-person-remove": Posted(ALICE, {}),
    "list-person-role": Posted(ALICE, {"role": "editor"}),
    "list-invite": Posted(ALICE, {"email": "dora@example.com", "role": "viewer"}),
    "list-invitations-revoke": Posted(ALICE, {}),
    "list-leave": Posted(BOB, {}),
    "list-suggestion": Posted(ALICE, {"answer": "accept"}),
}
"""By name of each URL that takes a form: a form that has an effect."""

WRITES_ANEW = {
    "account-feeds",
    "account-webhooks",
    "account-tokens",
    "lists",
    "groups",
    "group-invite",
    "thing-add",
    "list-for-person",
    "people",
    "exchanges",
    "exchange-link",
    "item-add",
    "item-chip",
    "item-talk",
    "list-collecting-chip",
    "list-invite",
    "share-suggest",
    "share-chip",
    "share-collecting-chip",
    "share-pot",
    "share-talk",
    "share-report",
    "share-report-item",
    "share-report-message",
    "share-report-owner",
}
"""URLs whose form takes effect twice if it is sent twice without a key."""


class Stage:
    """Alice's list, not revealed yet. `names` has the values for the parameters of URLs."""

    def __init__(self, people: dict[str, User]) -> None:
        admin = User.objects.create_superuser("admin@example.com", display_name="Admin")
        self.people = people = people | {ADMIN: admin}
        alice, bob = people[ALICE], people[BOB]
        edit_user(user=bob, avatar_url="https://example.com/bob.png")
        made = create_wishlist(owner=alice, title="Alice's birthday")
        self.wishlist = Wishlist.objects.get(pk=made.pk)
        share_wishlist(wishlist=self.wishlist, by=alice, email=bob.email, role="viewer")
        self.items = {title: self._item(title) for title in ("Kettle", "Tent", "Book", "Chair", "Sofa")}
        remove_item(item=self.items["Sofa"], by=Viewer(user=alice))
        draft = add_draft(wishlist=self.wishlist, by=alice, title="Boat", currency="EUR")
        self.group = create_group(by=alice, name="Family")
        let_into_group(group=self.group, user=bob, role="member", by=alice)
        self.token = link_token(make_link(wishlist=self.wishlist, by=alice)[0])
        self.tokens = [self.token, self._invited("charlie@example.com"), self._invited("new@example.com")]
        self._give()
        held = Reservation.objects.active()
        guest = Guest.objects.get()
        of_bob = {"user": bob}
        self.names: dict[str, Any] = {
            "wishlist_id": self.wishlist.pk,
            "item_id": self.items["Kettle"].pk,
            "token": self.token,
            "reservation_id": held.get(**of_bob).pk,
            "contribution_id": Contribution.objects.get(**of_bob).pk,
            "collection_id": Collection.objects.get().pk,
            "message_id": Message.objects.get(lane="givers").pk,
            "suggestion_id": Suggestion.objects.get().pk,
            "notification_id": Notification.objects.filter(user=bob).first().pk,  # type: ignore[union-attr]
            "user_id": bob.pk,
            "giver_id": bob.pk,
            "person_id": add_person(by=alice, name="Gran").pk,
            "alice": alice.pk,
            "group_id": self.group.pk,
            "group": self.group.pk,
            "invitation": self.tokens[1],
            "tenant_id": Tenant.objects.create(name="Elsewhere").pk,
        }
        exchange = start_exchange(
            by=alice, title="Christmas", participants=[{"name": "Gran"}, {"name": "Uncle"}]
        )
        join_exchange(exchange=exchange, user=bob)
        gran, uncle = exchange.participants.filter(user=None).order_by("name")
        excluded = exclude_pair(exchange_id=exchange.pk, by=alice, giver_id=gran.pk, receiver_id=uncle.pk)
        self.names |= {
            "exchange_id": exchange.pk,
            "participant_id": gran.pk,
            "other_participant": uncle.pk,
            "exclusion_id": excluded.pk,
        }
        self.of_guest = {
            "token": manage_token(guest),
            "reservation_id": held.get(guest=guest).pk,
            "contribution_id": Contribution.objects.get(guest=guest).pk,
            "item_id": self.items["Tent"].pk,
        }
        self.special: dict[str, dict[str, Any]] = {
            "item-restore": {"item_id": self.items["Sofa"].pk},
            "draft-edit": {"item_id": draft.pk},
            "my-gifts-waiting": {"item_id": self.items["Book"].pk},
            "share-report-message": {"message_id": Message.objects.get(lane="questions").pk},
            "share-talk-remove": {"message_id": Message.objects.get(lane="questions").pk},
            "share-contribution": {"contribution_id": self.of_guest["contribution_id"]},
            "exchange-invited": {"token": join_token(exchange)},
            **{
                f"exchange-{name}": {"token": private_token(gran)}
                for name in ("show", "code", "wishes", "private-leave")
            },
            "invitation-register": {"invitation": self.tokens[2]},
        }

    def _item(self, title: str) -> Item:
        fields = {"title": title, "price_minor": 4990, "currency": "EUR"}
        return add_item(wishlist=self.wishlist, by=Viewer(user=self.people[ALICE]), **fields)

    def _invited(self, email: str) -> str:
        by = self.people[ALICE]
        return invitation_token(
            invite(kind=Kind.LIST, target=self.wishlist, by=by, email=email, role="viewer")
        )

    def _give(self) -> None:
        """Use the pages as Bob, and as the guest Mia."""
        bobs, here, share = self.client(BOB), f"/lists/{self.wishlist.pk}", f"/s/{self.token}"
        self.guests = Client()
        self.guests.get("/register")
        at = {title: f"/items/{item.pk}" for title, item in self.items.items()}
        sent = [
            (bobs, here + at["Tent"], {"action": "reserve"}),
            (bobs, here + at["Chair"] + "/chip-in", {"amount": "7"}),
            (bobs, here + at["Kettle"] + "/talk", {"lane": "givers", "text": "Who takes it?"}),
            (bobs, here + "/collecting", {"item": str(self.items["Chair"].pk), "currency": "EUR"}),
            (bobs, share + "/suggest", {"title": "Jam"}),
            (
                self.guests,
                share + at["Book"],
                {"action": "reserve", "name": MIA, "email": "mia@example.com"},
            ),
            (self.guests, share + at["Chair"] + "/chip-in", {"amount": "3"}),
            (self.guests, share + at["Kettle"] + "/talk", {"lane": "questions", "text": "What colour?"}),
            (self.guests, share + at["Tent"], {"action": "wait"}),
            (bobs, here + at["Book"], {"action": "wait"}),
        ]
        for client, path, fields in sent:
            assert client.post(path, fields).status_code in (302, 303), path

    def reveal(self) -> None:
        Wishlist.objects.filter(pk=self.wishlist.pk).update(revealed_at=timezone.now() - timedelta(days=1))

    def client(self, who: str) -> Client:
        """Return a new browser, which already has the CSRF cookie that identifies anonymous users."""
        if who == GUEST:
            return self.guests
        client = Client()
        if who in self.people:
            client.force_login(self.people[who])
        client.get("/account" if who in self.people else "/register")
        return client

    def prepare(self, name: str) -> None:
        """Create what only this URL needs."""
        if name.startswith(("account-session", "account-token")):
            bob = self.people[BOB]
            token, _secret = make_api_token(user=bob, name="Old script", scopes=[Scope.GIVING])
            self.special[name] = {"session_id": start_session(user=bob).pk, "token_id": token.pk}
        self._prepare_news(name)
        self._prepare_job(name)
        if name in ("set-password", "keep-address"):
            is_password = name == "set-password"
            purpose = AccountLink.Purpose.PASSWORD if is_password else AccountLink.Purpose.ADDRESS
            bob = self.people[BOB]
            link = AccountLink.objects.create(user=bob, purpose=purpose, address="bob.old@example.com")
            self.special[name] = {"token": account_link_token(link)}
        if name in ("app-remove", "passkey-remove", "recovery-codes-renew"):
            TOTP.activate(self.people[BOB], generate_totp_secret())
            key = WebAuthn.add(self.people[BOB], "Key", {}).instance
            RecoveryCodes.activate(self.people[BOB])
            self.special["passkey-remove"] = {"passkey_id": key.pk}
        if name == "connection-remove":
            row = SocialAccount.objects.create(user=self.people[BOB], provider="oidc", uid="bob")
            self.special[name] = {"connection_id": row.pk}
        self._prepare_lists(name)
        if name in ("exchange-draw", "exchange-show"):
            self._draw(is_done=name == "exchange-show")
        if name == "person-restore":
            remove_people(by=self.people[ALICE], ids=[self.names["person_id"]])
        if name == "list-thanks":
            self.reveal()
        if name == "guest-code":
            Wishlist.objects.filter(pk=self.wishlist.pk).update(guests_confirm=True)
            Guest.objects.update(confirmed_at=None)
        if name == "share-open":
            make_link(wishlist=self.wishlist, by=self.people[ALICE], max_views=5)

    def _prepare_lists(self, name: str) -> None:
        if name.startswith("thing-"):
            made = create_wishlist(owner=self.people[ALICE], title="Groceries", preset="shared")
            milk = add_item(wishlist=made, by=Viewer(user=self.people[ALICE]), title="Bread")
            self.special[name] = {"wishlist_id": made.pk, "item_id": milk.pk}
        if name == "list-group-remove":
            alice = self.people[ALICE]
            share_with_group(wishlist=self.wishlist, by=alice, group_id=self.group.pk, role="editor")

    def _prepare_news(self, name: str) -> None:
        if name == "account-notifications-group":
            self.special[name] = {"group": "messages"}
        if name == "account-feed-revoke":
            link, _secret = make_feed_link(user=self.people[BOB], kind="news")
            self.special[name] = {"link_id": link.pk}
        if name.startswith("account-webhook-"):
            made = make_webhook(user=self.people[BOB], url="https://example.com/hook")
            self.special[name] = {"webhook_id": made.pk}

    def _prepare_job(self, name: str) -> None:
        if name in ("job-cancel", "job-file-delete"):
            job, _is_new = start_export(user=self.people[BOB])
            self.special[name] = {"job_id": job.pk}
        if name == "job-file-delete":
            run_queued_jobs()

    def _draw(self, *, is_done: bool) -> None:
        """Leave a way to draw, and draw if `is_done`."""
        about: dict[str, Any] = {"exchange_id": self.names["exchange_id"], "by": self.people[ALICE]}
        allow_pair(**about, exclusion_id=self.names["exclusion_id"])
        if is_done:
            draw_exchange(**about)

    def kwargs_of(self, name: str, wanted: Any) -> dict[str, Any]:
        found = self.names | (self.of_guest if name.startswith("guest-") else {}) | self.special.get(name, {})
        return {one: found[one] for one in wanted}

    def fields_of(self, name: str) -> dict[str, Any]:
        texts = {key: str(value) for key, value in self.names.items()} | {"new": self.tokens[2]}
        return {key: value.format(**texts) for key, value in FORMS[name].fields.items()}
