"""Every action of the product, by name, in a world where each of them can happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from django.utils import timezone
from rest_framework.serializers import Serializer

from accounts.models import User
from accounts.services import groups
from accounts.services.people import edit_user, remove_user
from people.services import people as knowing
from sharing.models import Suggestion
from sharing.services.suggestions import (
    accept_suggestion,
    moderate_suggestion,
    reject_suggestion,
    suggest_item,
)
from tests.twin_worlds.bodies import Body, bodies
from wishlists.api.serializers.budgets import BudgetInputSerializer
from wishlists.api.serializers.messages import MessageInputSerializer
from wishlists.api.serializers.money import (
    CollectionInputSerializer,
    ContributionChangeSerializer,
    ContributionInputSerializer,
)
from wishlists.api.serializers.reservations import ReservationInputSerializer
from wishlists.models import Collection, Contribution, Item, Message, PersonRecipient, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.items import item_at
from wishlists.queries.lists import list_at
from wishlists.services import (
    budgeting,
    checking_out,
    lapsing,
    moderating,
    reserving,
    status,
    thanking,
    waitlisting,
)
from wishlists.services.lists import (
    alternatives,
    drafts,
    group_sharing,
    handing_over,
    items,
    lists,
    people,
    recipient_people,
    recipients,
    reveal,
    secret_additions,
)
from wishlists.services.lists import messages as talking
from wishlists.services.money import collecting, contributing

World = dict[str, Any]


def build(policy: str, password_hash: str) -> World:
    """Build Alice's list: Bob and Carol are members, there is a kettle, Bob has two of six cups, a guest has a lamp
    for which Carol waits, and there is a pot or a pan."""
    world: World = {
        name: User.objects.create(
            email=f"{name}@example.com", display_name=name.title(), password=password_hash
        )
        for name in ("alice", "bob", "carol", "charlie")
    }
    alice, bob, carol = world["alice"], world["bob"], world["carol"]
    made = lists.create_wishlist(
        owner=alice, title="Birthday", policy=policy, lapse_days=5, recipient_name="Gran"
    )
    world["gran"] = knowing.add_person(by=alice, name="Gran")
    PersonRecipient.objects.create(wishlist=made, person=world["gran"])
    for person in (bob, carol):
        people.share_wishlist(wishlist=made, by=alice, email=person.email, role="viewer")
    owner = Viewer(user=alice)
    kettle = items.add_item(wishlist=made, by=owner, title="Kettle", price_minor=4990)
    cups = items.add_item(wishlist=made, by=owner, title="Cups", quantity=6)
    lamp = items.add_item(wishlist=made, by=owner, title="Lamp")
    guest = people.join_guest(wishlist=made, name="Grandma")
    world |= {"list": made, "guest": guest, "kettle": kettle, "cups": cups, "lamp": lamp, "policy": policy}
    reserving.reserve_item(item=as_seen_by(bob, cups), by=Viewer(user=bob), units=2)
    reserving.reserve_item(item=as_seen_by(None, lamp), by=Viewer(guest=guest, by_link=True))
    either = uuid4()
    world["pot"] = items.add_item(wishlist=made, by=owner, title="Pot", quantity=2, choice=either)
    world["pan"] = items.add_item(wishlist=made, by=owner, title="Pan", choice=either)
    waitlisting.wait_for_item(item=as_seen_by(carol, lamp), by=Viewer(user=carol))
    world["suggestion"] = suggest_item(wishlist=listed(bob, made), by=Viewer(user=bob), title="Book")
    world["words"] = talking.add_message(
        item=bobs(world, "cups"), by=Viewer(user=bob), lane="givers", text="Blue?"
    )
    world["question"] = talking.add_message(
        item=bobs(world, "lamp"), by=Viewer(user=bob), lane="questions", text="E27?"
    )
    return world


def as_seen_by(user: User | None, item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def listed(user: User | None, wishlist: Wishlist) -> Wishlist:
    return Wishlist.objects.get(pk=wishlist.pk)


def held(item: Item) -> Reservation:
    return Reservation.objects.active().select_related("item__wishlist").get(item=item)


def mine(w: World, name: str) -> Item:
    """Return an item as Alice, the recipient, sees it."""
    return as_seen_by(w["alice"], w[name])


def bobs(w: World, name: str) -> Item:
    return as_seen_by(w["bob"], w[name])


def status_of(w: World, name: str) -> dict[str, Any]:
    item, viewpoint = item_at(Viewer(user=w["bob"]), w[name].pk)
    return {"item": item, "viewpoint": viewpoint}


def grandmas(w: World, name: str) -> dict[str, Any]:
    return {"item": as_seen_by(None, w[name]), "by": Viewer(guest=w["guest"], by_link=True)}


def shared_with_group(w: World) -> World:
    """Share the list with a group of Alice, Bob and Charlie. Only Charlie is new to the list."""
    w["group"] = groups.create_group(by=w["alice"], name="Family")
    for name in ("bob", "charlie"):
        groups.let_into_group(group=w["group"], user=w[name], role="member", by=w["alice"])
    group_sharing.share_with_group(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], group_id=w["group"].pk, role="viewer"
    )
    return w


def draft(w: World) -> dict[str, Any]:
    """Return a draft by Alice, as she sees it."""
    mine = {"wishlist": listed(w["alice"], w["list"]), "by": w["alice"]}
    return mine | {"item_id": drafts.add_draft(**mine, title="Draft").pk}


def secret(w: World) -> Item:
    """Return an item that Bob added for givers. If recipients see everything, return an item that existed before."""
    wishlist = listed(w["bob"], w["list"])
    if not secret_additions.may_add_in_secret(list_at(Viewer(user=w["bob"]), wishlist.pk)):
        return items.write_item(wishlist=wishlist, by=Viewer(user=w["bob"]), title="Secret", is_secret=True)
    return secret_additions.add_secret_item(wishlist=wishlist, by=Viewer(user=w["bob"]), title="Secret")


def money(w: World, **changed: Any) -> Contribution:
    """Return Bob's contribution to the kettle."""
    given: dict[str, Any] = {"amount_minor": 1000, "status": "pledged"} | changed
    return contributing.contribute(item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), **given)


def collected(w: World, **changed: Any) -> Collection:
    """Return Bob's collection for the kettle."""
    wishlist = listed(w["bob"], w["list"])
    fields: dict[str, Any] = {"item_id": w["kettle"].pk, "currency": "EUR", "target_minor": 4990} | changed
    made = collecting.open_collection(wishlist=wishlist, by=w["bob"], **fields)
    made.wishlist = wishlist
    return made


def missed(w: World) -> int:
    """Return Bob's collection after its deadline, ten euros short of its target."""
    money(w), collected(w, deadline_at=timezone.now() - timedelta(seconds=1))
    return collecting.end_due_collections()


def pooled(w: World, who: str = "bob", **changed: Any) -> Contribution:
    """Return this person's contribution to the pot."""
    given: dict[str, Any] = {"amount_minor": 100, "status": "pledged", "currency": "EUR"} | changed
    return contributing.contribute_to_pot(wishlist=listed(w[who], w["list"]), by=Viewer(user=w[who]), **given)


def revealed(w: World) -> Wishlist:
    return reveal.reveal_wishlist(wishlist=listed(w["alice"], w["list"]), by=w["alice"])


def thanked(w: World) -> Any:
    """Return Alice's thanks to Bob for the cups."""
    revealed(w)
    wishlist, giver = listed(w["alice"], w["list"]), w["bob"].pk
    thanking.write_thanks(wishlist=wishlist, by=w["alice"], giver_id=giver, note="Thank you!")
    return thanking.send_thanks(wishlist=wishlist, by=w["alice"], giver_id=giver)


def note_read(w: World) -> str:
    """Reading a note changes only its lock: nothing else changes."""
    revealed(w)
    return thanking.read_note(wishlist=listed(w["alice"], w["list"]), by=w["alice"], giver_id=w["bob"].pk)


def corrected(w: World) -> Item:
    cups = mine(w, "cups")
    cups.title = "Mugs"
    return moderating.correct_item(item=cups, by=w["charlie"], fields=["title"])


def removed_message(w: World, name: str) -> Message:
    """Return a message that Charlie removed, a moderator who has opened giving."""
    moderating.open_giving(wishlist=w["list"], by=w["charlie"], reason="help")
    gone = moderating.remove_unwanted_message(message=w[name], by=w["charlie"])
    assert gone is not None
    return gone


def removed(w: World) -> Item:
    """Return the lamp after Alice removed it from her list."""
    lamp = mine(w, "lamp")
    items.remove_item(item=lamp, by=Viewer(user=w["alice"]))
    return lamp


def proposed(w: World) -> Suggestion:
    """Return Bob's suggestion, as Alice the owner sees it."""
    w["suggestion"].wishlist = listed(w["alice"], w["list"])
    return cast("Suggestion", w["suggestion"])


def soon(w: World) -> int:
    w["list"].reveal_at = timezone.now() - timedelta(seconds=1)
    w["list"].save(update_fields=["reveal_at"])
    return reveal.reveal_due_wishlists()


def take_pot(w: World) -> Reservation:
    return reserving.reserve_item(item=bobs(w, "pot"), by=Viewer(user=w["bob"]), units=2)


def long_ago(w: World) -> Reservation:
    """Return Bob's cups, held for too long."""
    then = timezone.now() - timedelta(days=9)
    Reservation.objects.filter(item=w["cups"]).update(created_at=then, lapses_at=then)
    return held(w["cups"])


GIVING: dict[str, Callable[[World], Any]] = {
    "reserve_item alternative": take_pot,
    "release_item alternative": lambda w: (
        take_pot(w),
        reserving.release_item(item=bobs(w, "pot"), by=Viewer(user=w["bob"])),
    ),
    "wait_for_item": lambda w: waitlisting.wait_for_item(item=bobs(w, "lamp"), by=Viewer(user=w["bob"])),
    "stop_waiting": lambda w: waitlisting.stop_waiting(
        item=as_seen_by(w["carol"], w["lamp"]), by=Viewer(user=w["carol"])
    ),
    "reserve_item offered": lambda w: (
        reserving.release_item(**grandmas(w, "lamp")),
        reserving.reserve_item(item=as_seen_by(w["carol"], w["lamp"]), by=Viewer(user=w["carol"])),
    ),
    "change_reservation stage": lambda w: reserving.change_reservation(
        reservation=held(w["cups"]), by=Viewer(user=w["bob"]), stage="wrapped", units=1
    ),
    "lapse_due_reservations": lambda w: (long_ago(w), lapsing.lapse_due_reservations()),
    "reserve_item": lambda w: reserving.reserve_item(
        item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), message="!"
    ),
    "reserve_item bought": lambda w: reserving.reserve_item(**grandmas(w, "kettle"), purchased=True),
    "reserve_item again": lambda w: reserving.reserve_item(**grandmas(w, "lamp"), purchased=True),
    "reserve_item message": lambda w: reserving.reserve_item(**grandmas(w, "lamp"), message="With love"),
    "change_reservation": lambda w: reserving.change_reservation(
        reservation=held(w["cups"]), by=Viewer(user=w["bob"]), units=6, status="purchased"
    ),
    "check_out": lambda w: checking_out.check_out(ids=[held(w["cups"]).pk], by=Viewer(user=w["bob"])),
    "set_budget": lambda w: budgeting.set_budget(
        wishlist=listed(w["bob"], w["list"]), by=w["bob"], amount_minor=5000, currency="EUR"
    ),
    "clear_budget": lambda w: budgeting.clear_budget(wishlist=listed(w["bob"], w["list"]), by=w["bob"]),
    "release_reservation": lambda w: reserving.release_reservation(
        reservation=held(w["cups"]), by=Viewer(user=w["bob"])
    ),
    "release_item": lambda w: reserving.release_item(**grandmas(w, "lamp")),
    "give_back": lambda w: reserving.give_back(
        reservation=held(w["lamp"]), by=Viewer(user=w["carol"]), kind="moderation_reservation_released"
    ),
    "set_status": lambda w: status.set_status(**status_of(w, "kettle"), status="purchased", message=None),
    "contribute": lambda w: contributing.contribute(
        item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), amount_minor=1500, status="paid"
    ),
    "contribute_to_pot": lambda w: contributing.contribute_to_pot(
        wishlist=listed(w["bob"], w["list"]),
        by=Viewer(user=w["bob"]),
        amount_minor=100,
        status="paid",
        currency="EUR",
    ),
    "change_contribution": lambda w: contributing.change_contribution(
        contribution=money(w), by=Viewer(user=w["bob"]), amount_minor=1, status="paid"
    ),
    "withdraw_contribution": lambda w: contributing.withdraw_contribution(
        contribution=money(w), by=Viewer(user=w["bob"])
    ),
    "free_contribution": lambda w: contributing.free_contribution(contribution=money(w), by=Viewer()),
    "open_collection": lambda w: (collected(w), money(w, amount_minor=None)),
    "change_collection": lambda w: collecting.change_collection(
        collection=collected(w), by=w["bob"], target_minor=1
    ),
    "hand_over_collection": lambda w: collecting.hand_over_collection(
        collection=collected(w), by=w["bob"], to_id=w["carol"].pk
    ),
    "end_collection": lambda w: collecting.end_collection(collection=collected(w), by=w["bob"]),
    "end_due_collections": missed,
    "open_collection of the pot": lambda w: (
        collected(w, item_id=None, target_minor=500),
        pooled(w),
        pooled(w, "carol", amount_minor=None, status="paid"),
    ),
    "withdraw_contribution collected": lambda w: (
        collected(w),
        contributing.withdraw_contribution(contribution=money(w), by=Viewer(user=w["bob"])),
    ),
    "withdraw_contribution of the pot": lambda w: contributing.withdraw_contribution(
        contribution=pooled(w), by=Viewer(user=w["bob"])
    ),
    "end_due_collections of the pot": lambda w: (
        pooled(w),
        pooled(w, "carol", status="paid"),
        collected(w, item_id=None, deadline_at=timezone.now() - timedelta(seconds=1)),
        collecting.end_due_collections(),
    ),
    "open_collection secret": lambda w: (
        w.update(secret=secret(w)),
        collected(w, item_id=w["secret"].pk),
        contributing.contribute(
            item=bobs(w, "secret"), by=Viewer(user=w["bob"]), amount_minor=1, status="paid"
        ),
    ),
    "end_collection secret": lambda w: collecting.end_collection(
        collection=collected(w, item_id=secret(w).pk), by=w["bob"]
    ),
    "edit_user who collects": lambda w: (collected(w), edit_user(user=w["bob"], display_name="Robert")),
    "save in a shell, a collection": lambda w: again_in_a_shell(collected(w)),
    "delete in a shell, a collection": lambda w: collected(w).delete(),
    "add_message": lambda w: talking.add_message(
        item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), lane="givers", text="Who has it?"
    ),
    "remove_message": lambda w: talking.remove_message(message=w["words"], by=Viewer(user=w["bob"])),
    "remove_unwanted_message": lambda w: removed_message(w, "words"),
    "restore_unwanted_message": lambda w: moderating.restore_unwanted_message(
        message=removed_message(w, "words"), by=w["charlie"], reason="no spam"
    ),
    "open_giving": lambda w: moderating.open_giving(wishlist=w["list"], by=w["charlie"], reason="help"),
    "release_for_holder": lambda w: (
        moderating.open_giving(wishlist=w["list"], by=w["charlie"], reason="help"),
        moderating.release_for_holder(reservation=held(w["lamp"]), by=w["charlie"]),
    ),
    "edit_user": lambda w: (
        reserving.reserve_item(item=bobs(w, "kettle"), by=Viewer(user=w["bob"])),
        edit_user(user=w["bob"], display_name="Robert"),
    ),
    "add_draft": lambda w: draft(w),
    "edit_draft": lambda w: drafts.edit_draft(**draft(w), title="Better", quantity=2),
    "remove_draft": lambda w: drafts.remove_draft(**draft(w)),
    "add_secret_item": lambda w: secret(w),
    "edit_item secret": lambda w: items.edit_item(
        item=bobs(w | {"secret": secret(w)}, "secret"), by=Viewer(user=w["bob"]), title="Another secret"
    ),
    "remove_item secret": lambda w: items.remove_item(
        item=bobs(w | {"secret": secret(w)}, "secret"), by=Viewer(user=w["bob"])
    ),
    "reserve_item secret": lambda w: reserving.reserve_item(
        item=bobs(w | {"secret": secret(w)}, "secret"), by=Viewer(user=w["bob"])
    ),
    "join_guest": lambda w: people.join_guest(wishlist=w["list"], name="Uncle"),
}


def validated(w: World, serializer: type[Serializer[Any]], body: Body) -> dict[str, Any]:
    """Return the validated data of a request body."""
    ids = {"{item_id}": str(w["kettle"].pk), "{user_id}": str(w["carol"].pk)}
    filled = {
        name: ids.get(value, value) if isinstance(value, str) else value for name, value in body.items()
    }
    read = serializer(data=filled, context={"currency": "EUR"})
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def reserved_as(w: World, given: dict[str, Any]) -> Reservation:
    status = given.pop("status", None)
    return reserving.reserve_item(
        item=bobs(w, "cups"), by=Viewer(user=w["bob"]), purchased=status == "purchased", **given
    )


WRITTEN: dict[str, tuple[type[Serializer[Any]], Callable[[World, dict[str, Any]], Any]]] = {
    "reserve_item": (ReservationInputSerializer, reserved_as),
    "change_reservation": (
        ReservationInputSerializer,
        lambda w, given: reserving.change_reservation(
            reservation=held(w["cups"]), by=Viewer(user=w["bob"]), **given
        ),
    ),
    "contribute": (
        ContributionInputSerializer,
        lambda w, given: (
            collected(w),
            contributing.contribute(item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), **given),
        ),
    ),
    "change_contribution": (
        ContributionChangeSerializer,
        lambda w, given: (
            collected(w),
            contributing.change_contribution(
                contribution=money(w), by=Viewer(user=w["bob"]), **{"status": None} | given
            ),
        ),
    ),
    "open_collection": (
        CollectionInputSerializer,
        lambda w, given: collecting.open_collection(
            wishlist=listed(w["bob"], w["list"]), by=w["bob"], **given
        ),
    ),
    "set_budget": (
        BudgetInputSerializer,
        lambda w, given: budgeting.set_budget(wishlist=listed(w["bob"], w["list"]), by=w["bob"], **given),
    ),
    "add_message": (
        MessageInputSerializer,
        lambda w, given: talking.add_message(
            item=bobs(w, "kettle"),
            by=Viewer(user=w["bob"]),
            lane="givers",
            text=given["text"],
        ),
    ),
}
"""Services for givers with values from their serializers: each field, each choice, several numbers."""


def _written(name: str, body: Body) -> Callable[[World], Any]:
    serializer, verb = WRITTEN[name]
    among = {"lane": "givers"} if name == "add_message" else {}
    return lambda w: verb(w, validated(w, serializer, {**body, **among}))


GIVING |= {
    f"{name} written {place}": _written(name, body)
    for name, (serializer, _verb) in WRITTEN.items()
    for place, body in enumerate(
        bodies(serializer, "word", apart_from=frozenset({"answer_to", "lane"})), start=1
    )
}

SEEN: dict[str, Callable[[World], Any]] = {
    "group_item": lambda w: alternatives.group_item(
        item=mine(w, "kettle"), by=Viewer(user=w["alice"]), other=mine(w, "cups")
    ),
    "group_item apart": lambda w: (
        take_pot(w),
        alternatives.group_item(item=mine(w, "pan"), by=Viewer(user=w["alice"]), other=None),
    ),
    "group_item elsewhere": lambda w: (
        take_pot(w),
        alternatives.group_item(item=mine(w, "pot"), by=Viewer(user=w["alice"]), other=mine(w, "kettle")),
    ),
    "edit_item choice in a shell": lambda w: (take_pot(w), choose_nothing(w["pot"])),
    "remove_item alternative": lambda w: (
        take_pot(w),
        items.remove_item(item=mine(w, "pot"), by=Viewer(user=w["alice"])),
    ),
    "edit_item offered": lambda w: items.edit_item(
        item=mine(w, "lamp"), by=Viewer(user=w["alice"]), quantity=2
    ),
    "add_item": lambda w: items.add_item(
        wishlist=listed(w["alice"], w["list"]), by=Viewer(user=w["alice"]), title="Tea"
    ),
    "put_on_list": lambda w: items.put_on_list(
        wishlist=listed(w["alice"], w["list"]), by=Viewer(user=w["bob"]), title="Tea"
    ),
    "show_draft": lambda w: drafts.show_draft(**draft(w)),
    "edit_item": lambda w: items.edit_item(
        item=mine(w, "cups"), by=Viewer(user=w["alice"]), title="Mugs", quantity=1
    ),
    "edit_item unlimited": lambda w: items.edit_item(
        item=mine(w, "cups"), by=Viewer(user=w["alice"]), quantity=None
    ),
    "edit_item position": lambda w: items.edit_item(
        item=mine(w, "lamp"), by=Viewer(user=w["alice"]), position=-1
    ),
    "remove_item": lambda w: items.remove_item(item=mine(w, "lamp"), by=Viewer(user=w["alice"])),
    "restore_item": lambda w: items.restore_item(item=removed(w), by=Viewer(user=w["alice"])),
    "remove_item collected": lambda w: (
        collected(w),
        items.remove_item(item=mine(w, "kettle"), by=Viewer(user=w["alice"])),
    ),
    "restore_item collected": lambda w: (
        collected(w),
        items.remove_item(item=mine(w, "kettle"), by=Viewer(user=w["alice"])),
        items.restore_item(item=mine(w, "kettle"), by=Viewer(user=w["alice"])),
    ),
    "edit_wishlist names, collected": lambda w: (
        collected(w),
        lists.edit_wishlist(wishlist=listed(w["alice"], w["list"]), by=w["alice"], names_shown=False),
    ),
    "withdraw_item": lambda w: items.withdraw_item(
        item=w["cups"], by=Viewer(user=w["alice"]), kind="item_deleted"
    ),
    "remove_unwanted_item": lambda w: moderating.remove_unwanted_item(item=w["lamp"], by=w["charlie"]),
    "restore_unwanted_item": lambda w: moderating.restore_unwanted_item(
        item=moderating.remove_unwanted_item(item=w["lamp"], by=w["charlie"], reason="spam"),
        by=w["charlie"],
        reason="no spam",
    ),
    "put_back": lambda w: items.put_back(
        item=items.withdraw_item(item=w["cups"], by=Viewer(user=w["alice"]), kind="item_deleted"),
        by=Viewer(user=w["alice"]),
        kind="item_restored",
    ),
    "mark_item": lambda w: items.mark_item(item=mine(w, "lamp"), by=Viewer(user=w["alice"]), mark="received"),
    "mark_item undone": lambda w: (
        items.mark_item(item=mine(w, "lamp"), by=Viewer(user=w["alice"]), mark="set_aside"),
        items.mark_item(item=mine(w, "lamp"), by=Viewer(user=w["alice"]), mark=""),
    ),
    "edit_wishlist": lambda w: lists.edit_wishlist(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], title="My birthday", due_date=None
    ),
    "edit_wishlist policy": lambda w: lists.edit_wishlist(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], policy="surprise"
    ),
    "edit_wishlist names": lambda w: lists.edit_wishlist(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], names_shown=False
    ),
    "reorder_wishlists": lambda w: lists.reorder_wishlists(owner=w["alice"], order={w["list"].pk: 7}),
    "remove_wishlist": lambda w: lists.remove_wishlist(wishlist=listed(w["alice"], w["list"]), by=w["alice"]),
    "mark_shared": lambda w: lists.mark_shared(wishlist=listed(w["alice"], w["list"])),
    "share_wishlist": lambda w: people.share_wishlist(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], email=w["charlie"].email, role="editor"
    ),
    "join_invited": lambda w: people.join_invited(
        wishlist=listed(w["charlie"], w["list"]),
        user=w["charlie"],
        invited_by=w["alice"],
        role="viewer",
        is_recipient=False,
        issued_at=timezone.now(),
    ),
    "revoke_invitations": lambda w: people.revoke_invitations(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"]
    ),
    "change_role": lambda w: people.change_role(
        wishlist=listed(w["alice"], w["list"]), user=w["bob"], by=w["alice"], role="editor"
    ),
    "remove_member": lambda w: people.remove_member(
        wishlist=listed(w["bob"], w["list"]), user=w["bob"], by=w["bob"]
    ),
    "share_with_group": shared_with_group,
    "share_with_group again": lambda w: (
        shared_with_group(w),
        group_sharing.share_with_group(
            wishlist=listed(w["alice"], w["list"]), by=w["alice"], group_id=w["group"].pk, role="editor"
        ),
    ),
    "stop_sharing_with_group": lambda w: (
        shared_with_group(w),
        group_sharing.stop_sharing_with_group(
            wishlist=listed(w["alice"], w["list"]), by=w["alice"], group_id=w["group"].pk
        ),
    ),
    "follow_groups": lambda w: (
        shared_with_group(w),
        groups.remove_from_group(group=w["group"], by=w["charlie"], user_id=w["charlie"].pk),
        groups.let_into_group(group=w["group"], user=w["charlie"], role="member", by=w["alice"]),
    ),
    "set_recipients": lambda w: recipients.set_recipients(
        wishlist=listed(w["alice"], w["list"]), by=w["alice"], user_ids=[w["alice"].pk, w["bob"].pk]
    ),
    "make_recipients": lambda w: recipients.make_recipients(
        wishlist=w["list"], members=w["list"].members.filter(user=w["carol"]), by=w["alice"]
    ),
    "hide_wishlist": lambda w: moderating.hide_wishlist(wishlist=w["list"], by=w["charlie"], reason="spam"),
    "unhide_wishlist": lambda w: moderating.unhide_wishlist(
        wishlist=moderating.hide_wishlist(wishlist=w["list"], by=w["charlie"], reason="x"),
        by=w["charlie"],
        reason="y",
    ),
    "hand_over_wishlist": lambda w: handing_over.hand_over_wishlist(
        wishlist=w["list"], to=w["bob"], by=w["charlie"], reason="She moved away"
    ),
    "new_owner_of": lambda w: handing_over.hand_over_wishlist(
        wishlist=w["list"],
        to=handing_over.new_owner_of(w["list"], w["charlie"].email),
        by=w["bob"],
        reason="She moved away",
    ),
    "accept_suggestion": lambda w: accept_suggestion(suggestion=proposed(w), by=w["alice"]),
    "moderate_suggestion": lambda w: moderate_suggestion(suggestion=proposed(w), by=w["charlie"]),
    "reject_suggestion": lambda w: reject_suggestion(suggestion=proposed(w), by=w["alice"]),
    "suggest_item": lambda w: suggest_item(
        wishlist=listed(w["bob"], w["list"]), by=Viewer(user=w["bob"]), title="Pen"
    ),
    "reveal_due_wishlists": lambda w: soon(w),
    "reveal_wishlist": revealed,
    "write_thanks": thanked,
    "send_thanks": thanked,
    "read_note": note_read,
    "correct_item": corrected,
    "add_message question": lambda w: talking.add_message(
        item=bobs(w, "kettle"), by=Viewer(user=w["bob"]), lane="questions", text="Which?"
    ),
    "answer_message": lambda w: talking.answer_message(
        item=mine(w, "lamp"), by=Viewer(user=w["alice"]), question_id=w["question"].pk, text="Yes"
    ),
    "remove_message question": lambda w: (
        talking.answer_message(
            item=mine(w, "lamp"), by=Viewer(user=w["alice"]), question_id=w["question"].pk, text="Yes"
        ),
        talking.remove_message(message=w["question"], by=Viewer(user=w["bob"])),
    ),
    "remove_unwanted_message question": lambda w: (
        talking.answer_message(
            item=mine(w, "lamp"), by=Viewer(user=w["alice"]), question_id=w["question"].pk, text="Yes"
        ),
        removed_message(w, "question"),
    ),
    "restore_unwanted_message question": lambda w: moderating.restore_unwanted_message(
        message=removed_message(w, "question"), by=w["charlie"], reason="no spam"
    ),
    "edit_user who answered": lambda w: (
        talking.answer_message(
            item=mine(w, "lamp"), by=Viewer(user=w["alice"]), question_id=w["question"].pk, text="Yes"
        ),
        edit_user(user=w["alice"], display_name="Alicia"),
    ),
    "withdraw_person": lambda w: remove_user(user=w["bob"]),
    "start_wishlist": lambda w: lists.start_wishlist(owner=w["alice"], title="Another"),
    "save in a shell": lambda w: rename(w["kettle"]),
}


def for_grandpa(w: World, **fields: Any) -> Wishlist:
    """Make the list one for Alice's grandfather instead of her grandmother."""
    person = knowing.add_person(by=w["alice"], name="Grandpa", **fields)
    wishlist = listed(w["alice"], w["list"])
    return recipient_people.set_recipient_people(wishlist=wishlist, by=w["alice"], person_ids=[person.pk])


SEEN |= {
    "set_recipient_people": for_grandpa,
    "set_recipient_people linked": lambda w: for_grandpa(w, user_id=w["carol"].pk),
    "link_recipient": lambda w: knowing.edit_person(
        person_id=w["gran"].pk, by=w["alice"], user_id=w["bob"].pk
    ),
    "rename_recipient": lambda w: knowing.edit_person(person_id=w["gran"].pk, by=w["alice"], name="Granny"),
    "let_in_recipient": lambda w: people.let_in_recipient(
        wishlist=listed(w["alice"], w["list"]), person=w["charlie"], by=w["alice"]
    ),
    "start_wishlist_for": lambda w: recipient_people.start_wishlist_for(
        owner=w["alice"], person_ids=[knowing.add_person(by=w["alice"], name="Mia").pk], title="For Mia"
    ),
}

ACTIONS = GIVING | SEEN


def rename(item: Item) -> None:
    item.refresh_from_db()
    item.title = "Renamed in a shell"
    item.save()


def choose_nothing(item: Item) -> Item:
    item.refresh_from_db()
    item.choice = None
    item.save()
    return item


def again_in_a_shell(collection: Collection) -> None:
    """Open a collection, close it, and open it again."""
    for ended_at in (timezone.now(), None):
        collection.ended_at = ended_at
        collection.save()
