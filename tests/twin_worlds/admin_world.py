"""The world with moderators: Alice is a recipient and a superuser, Anna a recipient and staff with every permission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from moderation.models import Report
from moderation.queries.targets import target_for
from moderation.services.reporting import report
from tests.twin_worlds.world import Call, World
from wishlists.models import Message, Reservation
from wishlists.models.viewers import Viewer
from wishlists.services.lists.lists import create_wishlist


class ModeratedWorld(World):
    """Mod moderates and is a member of no list. What Mod does about giving is as secret as giving."""

    MODERATOR = "mod"

    def begin(self) -> None:
        anna = self.people["anna"]
        anna.is_staff = True
        anna.save(update_fields=["is_staff"])
        anna.user_permissions.set(Permission.objects.all())
        mod = self.people[self.MODERATOR] = User.objects.create(
            email="mod@example.com",
            display_name="Mod",
            password=self.password_hash,
            is_staff=True,
            is_superuser=True,
        )
        self.browsers[self.MODERATOR] = Client()
        self.browsers[self.MODERATOR].force_login(mod)
        self._report_something_else()

    def _report_something_else(self) -> None:
        """Bob reports a list of Erin, of which no recipient of the world is a recipient. Recipients may read that."""
        erin = User.objects.create(email="erin@example.com", display_name="Erin", password=self.password_hash)
        other = create_wishlist(owner=erin, title="Cheap watches", is_public=True)
        report(
            reported=target_for(self.people["bob"], Report.Target.LIST, other.pk),
            by=Viewer(user=self.people["bob"]),
            reason="spam",
        )

    def _person(self, name: str) -> User:
        person = super()._person(name)
        if name == "anna" and person.is_superuser:
            person.is_superuser = False
            person.save(update_fields=["is_superuser"])
        return person

    def reading(self, who: str) -> Client:
        """Return a copy of their browser, so that a message which is shown once is not lost for their own."""
        browser = Client()
        browser.cookies.load(self.browsers[who].cookies.output(header="", sep=";"))
        return browser

    def checkouts(self) -> list[Call]:
        """Givers buy what they reserved, and get a mail about it, sent by a job that contains the amount."""
        held = Reservation.objects.active().unbought().exclude(user=None).order_by("created_at")
        return [
            Call(str(one.user).lower(), True, "POST", "/api/v1/reservations/checkout", {"ids": [str(one.pk)]})
            for one in held.select_related("user")
        ]

    def acts_of_moderator(self) -> list[Call]:
        """Mod opens giving with a reason, then releases a gift and removes messages."""
        gifts, words = Reservation.objects.active(), Message.objects.filter(lane="givers")
        acts = (
            ("wishlist", "open_what_was_given", [self.wishlist.pk]),
            ("reservation", "release", gifts.values_list("pk", flat=True)[:1]),
            ("message", "remove_unwanted", words.values_list("pk", flat=True)[:1]),
        )
        about_words = Report.objects.filter(target="message", message__lane="givers").values_list(
            "pk", flat=True
        )
        about_list = Report.objects.filter(target="list", wishlist=self.wishlist).values_list("pk", flat=True)
        in_queue = (
            ("hide_reported", about_words[1:2]),
            ("resolve", about_words[:1]),
            ("dismiss", about_list[:1]),
        )
        return [
            Call(self.MODERATOR, False, "POST", f"/admin/wishlists/{model}/", _pressed(action, keys))
            for model, action, keys in acts
        ] + [
            Call(self.MODERATOR, False, "POST", "/admin/moderation/report/", _pressed(action, keys))
            for action, keys in in_queue
        ]


def _pressed(action: str, keys: Iterable[Any]) -> dict[str, Any]:
    return {"action": action, "_selected_action": [str(key) for key in keys], "reason": "asked to"}
