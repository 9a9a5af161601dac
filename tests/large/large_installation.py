"""A large installation, made in seconds: a scene that services built, copied a thousand times by the database itself.

Rows are copied by one `INSERT ... SELECT` per table, so new columns are copied too. Where a copy belongs depends on its number
alone: list 7 is of person 7, and items 601 to 700 are on it.
"""

# ruff: noqa: S608 - the statements contain only names of our tables and columns

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session as PageSession
from django.db import connection, models
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import (
    AccountActivity,
    AccountLink,
    ApiToken,
    Avatar,
    Group,
    GroupMember,
    Notification,
    NotificationChoice,
    OneTimeCode,
    Session,
    StoredAnswer,
    User,
)
from accounts.services.inbox import notify
from accounts.services.sessions import start_session
from exchanges.services.exchanges import exclude_pair, start_exchange
from jobs.models import Job, JobFile
from notices.models import FeedLink, NoticeDelivery, PushSubscription
from people.services.people import add_person
from realtime.models import Event, Stream
from sharing.models import GuestLetter, GuestMail, PublicLink, Suggestion
from webhooks.models import FollowedList, Webhook, WebhookDelivery
from wishlists.models import (
    Activity,
    Budget,
    Collection,
    Contribution,
    GroupShare,
    Guest,
    Item,
    Member,
    Message,
    PersonRecipient,
    Reservation,
    Thanks,
    WaitlistEntry,
    Wishlist,
)
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist
from wishlists.services.reserving import reserve_item

FRIENDS = 10
"""Viewers of each list: the people with the next numbers."""


@dataclass(frozen=True)
class Size:
    lists: int = 1_000
    items: int = 100
    """On each list."""
    others: int = 19_000
    """People whose list is empty. They have the numbers after `lists`."""

    @property
    def all_items(self) -> int:
        return self.lists * self.items


def make_large(size: Size) -> None:
    """Fill the database. Gather no statistics for its planner."""
    model = _Model.made()
    _people(model, size)
    _giving(model, size)
    _money_and_words(model, size)
    _history(model, size)


def person(number: int) -> User:
    return User.objects.get(email=f"person{number}@example.com")


def list_of(number: int) -> Wishlist:
    return Wishlist.objects.get(owner=person(number))


@dataclass(frozen=True)
class _Model:
    """One row of each table, to be copied."""

    owner: User
    viewer: User
    wishlist: Wishlist
    item: Item
    guest: Guest
    reservation: Reservation

    @classmethod
    def made(cls) -> _Model:
        owner, viewer = (
            User.objects.create(email=f"{name}@example.com", display_name=name) for name in ("Alice", "Bob")
        )
        wishlist = Wishlist.objects.get(pk=create_wishlist(owner=owner, title="Alice's birthday").pk)
        share_wishlist(wishlist=wishlist, by=owner, email=viewer.email, role="viewer")
        item = add_item(wishlist=wishlist, by=Viewer(user=owner), title="Kettle", price_minor=4990)
        reserve_item(item=item, by=Viewer(user=viewer))
        guest = Guest.objects.create(wishlist=wishlist, name="Rose")
        return cls(owner, viewer, wishlist, item, guest, Reservation.objects.get(item=item))


def _people(model: _Model, size: Size) -> None:
    lists, viewers, everybody = size.lists, size.lists * FRIENDS, size.lists + size.others
    mail = "'person' || n || '@example.com'"
    _copy(
        model.owner,
        everybody,
        id=_key("person", "n"),
        email=mail,
        mailbox=mail,
        display_name="'Person ' || n",
    )
    _copy(model.wishlist, everybody, id=_key("list", "n"), owner=_key("person", "n"))
    owner = Member.objects.get(wishlist=model.wishlist, user=model.owner)
    viewer = Member.objects.get(wishlist=model.wishlist, user=model.viewer)
    _copy(owner, everybody, id=_key("owner", "n"), wishlist=_key("list", "n"), user=_key("person", "n"))
    _copy(
        viewer,
        viewers,
        id=_key("viewer", "n"),
        wishlist=_key("list", _within("n", lists)),
        user=_key("person", _friend("n", lists)),
    )
    group = Group.objects.create(tenant=model.owner.tenant, name="Family")
    _copy(group, lists, id=_key("group", "n"))
    place = GroupMember.objects.create(group=group, user=model.owner)
    _copy(
        place,
        viewers,
        id=_key("place", "n"),
        group=_key("group", _within("n", lists)),
        user=_key("person", _friend("n", lists)),
    )
    share = GroupShare.objects.create(wishlist=model.wishlist, group=group, role="viewer")
    _copy(share, lists, id=_key("share", "n"), wishlist=_key("list", "n"), group=_key("group", "n"))
    picture = Avatar.objects.create(user=model.owner, webp=b"")
    _copy(picture, everybody, id=_key("picture", "n"), user=_key("person", "n"))
    link = PublicLink.objects.create(wishlist=model.wishlist, created_by=model.owner)
    _copy(link, everybody, id=_key("link", "n"), wishlist=_key("list", "n"))
    _copy(model.guest, viewers * 5, id=_key("guest", "n"), wishlist=_key("list", _within("n", lists)))
    session = start_session(user=model.owner)
    _copy(session, viewers, id=_key("session", "n"), user=_key("person", _within("n", lists)))
    token = ApiToken.objects.create(session=session, name="Script", digest="0")
    _copy(token, viewers, id=_key("token", "n"), session=_key("session", "n"), digest="'digest' || n")
    page = PageSession.objects.create(session_key="page", session_data="", expire_date=timezone.now())
    _copy(page, viewers, session_key="'page' || n")
    mailed = AccountLink.objects.create(user=model.owner, purpose="password", address="a", mailbox="a")
    _copy(mailed, lists, id=_key("mailed", "n"), user=_key("person", "n"), mailbox=mail)
    code = OneTimeCode.objects.create(user=model.owner, purpose="verify", address="a", mailbox="a")
    _copy(code, viewers, id=_key("code", "n"), user=_key("person", _within("n", lists)), mailbox=mail)
    app = Authenticator.objects.create(user=model.owner, type="totp", data={})
    _copy(app, everybody, id="n + 1000000", user=_key("person", "n"))
    connected = SocialAccount.objects.create(user=model.owner, provider="google", uid="0")
    _copy(connected, everybody, id="n + 1000000", user=_key("person", "n"), uid="'uid' || n")
    ended = timezone.now()
    job = Job.objects.create(
        user=model.owner, kind="export", state="done", finished_at=ended, expires_at=ended
    )
    its_end = _ago("expires_at", "-86400")
    _copy(job, viewers, id=_key("job", "n"), user=_key("person", _within("n", lists)), expires_at=its_end)
    made = JobFile.objects.create(job=job, name="x.zip", is_result=True, content=b"x")
    _copy(made, viewers, id=_key("made", "n"), job=_key("job", "n"))
    suggestion = Suggestion.objects.create(wishlist=model.wishlist, title="A book")
    _copy(suggestion, viewers, id=_key("suggestion", "n"), wishlist=_key("list", _within("n", lists)))
    mailing = GuestMail.objects.create(guest=model.guest, language="en")
    _copy(mailing, viewers, id=_key("mailing", "n"), guest=_key("guest", "n"))
    letter = GuestLetter.objects.create(guest=model.guest, kind="link")
    _copy(letter, viewers, id=_key("letter", "n"), guest=_key("guest", "n"))


def _giving(model: _Model, size: Size) -> None:
    """Every third item is taken by a friend. Every sixth was taken by another before."""
    items = size.all_items
    third, its_list = _key("item", "3 * n"), _list_of_item(size, "3 * n")
    taken = "CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END"
    place = _key("list", _list_of_item(size, "n"))
    _copy(model.item, items, id=_key("item", "n"), wishlist=place, units_taken=taken)
    _copy(
        model.reservation,
        items // 3,
        id=_key("reservation", "n"),
        item=third,
        user=_key("person", _within(f"({its_list}) + 1 + n % {FRIENDS}", size.lists)),
        lapses_at=f"CASE WHEN n % 10 = 0 THEN {_ago('updated_at', '-86400')} END",
    )
    _copy(
        model.reservation,
        items // 6,
        id=_key("released", "n"),
        item=_key("item", "6 * n"),
        user=_key("person", _within(f"({_list_of_item(size, '6 * n')}) + 2", size.lists)),
        released_at=_ago("updated_at", "n"),
    )
    entry = WaitlistEntry.objects.create(item=model.item, user=model.viewer)
    waiting = _key("person", _within(f"({its_list}) + {FRIENDS + 1}", size.lists))
    _copy(entry, items // 30, id=_key("entry", "n"), item=third, user=waiting)


def _money_and_words(model: _Model, size: Size) -> None:
    lists, some, step = size.lists, size.lists * FRIENDS, size.items // FRIENDS
    place, second = _key("list", "n"), _key("person", _within("n + 1", lists))
    item, its_list = _key("item", f"n * {step}"), _list_of_item(size, f"n * {step}")
    giver = _key("person", _within(f"({its_list}) + 1", lists))
    user, wishlist = model.viewer, model.wishlist
    money = Contribution.objects.create(item=model.item, user=user, amount_minor=5, currency="EUR")
    _copy(money, some, id=_key("money", "n"), item=item, user=giver)
    collection = Collection.objects.create(wishlist=wishlist, organiser=user, currency="EUR", target_minor=9)
    _copy(collection, lists, id=_key("collection", "n"), wishlist=place)
    message = Message.objects.create(item=model.item, user=user, lane="givers", text="Hello")
    _copy(message, some, id=_key("message", "n"), item=item, user=giver)
    budget = Budget.objects.create(user=user, wishlist=wishlist, amount_minor=1, currency="EUR")
    _copy(budget, lists, id=_key("budget", "n"), wishlist=place, user=second)
    known = add_person(by=user, name="Gran", birthday="--05-12")
    due = (
        f"CASE WHEN n % 200 = 0 THEN {_ago('created_at', '86400')} ELSE {_ago('created_at', '-9000000')} END"
    )
    _copy(
        known,
        some,
        id=_key("known", "n"),
        owner=_key("person", _within("n", lists)),
        remind_on=f"CAST({due} AS date)" if connection.vendor == "postgresql" else f"date({due})",
    )
    without = PersonRecipient.objects.create(wishlist=wishlist, person=known)
    _copy(without, lists, id=_key("without", "n"), wishlist=place, person=_key("known", "n"))
    exchange = start_exchange(by=user, title="Christmas", participants=[{"name": "Gran"}, {"name": "Uncle"}])
    gran, uncle = exchange.participants.order_by("name")
    excluded = exclude_pair(exchange_id=exchange.pk, by=user, giver_id=gran.pk, receiver_id=uncle.pk)
    _copy(
        exchange, lists, id=_key("exchange", "n"), organiser=_key("person", "n"), link_key=_key("join", "n")
    )
    _copy(
        gran,
        some,
        id=_key("participant", "n"),
        exchange=_key("exchange", _within("n", lists)),
        user=_key("person", _friend("n", lists)),
        key=_key("private", "n"),
        mailbox="'gran' || n || '@example.com'",
    )
    _copy(
        excluded,
        lists,
        id=_key("excluded", "n"),
        exchange=_key("exchange", "n"),
        giver=_key("participant", "n"),
        receiver=_key("participant", f"n + {lists}"),
    )
    thanks = Thanks.objects.create(user=user, wishlist=wishlist)
    _copy(thanks, lists, id=_key("thanks", "n"), wishlist=place, user=second)


def _history(model: _Model, size: Size) -> None:
    lists, items, some = size.lists, size.all_items, size.lists * FRIENDS
    activity = Activity.objects.filter(item=model.item)[0]
    _copy(
        activity,
        items // 2,
        id=_key("activity", "n"),
        wishlist=_key("list", _list_of_item(size, "n")),
        item=_key("item", "n"),
        created_at=_ago("created_at", "n"),
    )
    stream = Stream.objects.create(key="list.copied")
    _copy(stream, lists + size.others, id="n + 1000000", key="'list.' || n || '.copied'", head="20")
    event = Event.objects.create(stream=stream, seq=1, frame='{"event": "item_changed"}' + " " * 600)
    events = min(items // 2, 20 * (lists + size.others))
    _copy(event, events, id="n + 1000000", stream="1000001 + (n - 1) / 20", seq="1 + (n - 1) % 20")
    person = _key("person", _within("n", lists))
    notify(users=[model.owner], kind="x", title="X", about="it")
    notice = Notification.objects.get(user=model.owner)
    _copy(
        notice,
        some,
        id=_key("notice", "n"),
        user=person,
        about="'it ' || n",
        created_at=_ago("created_at", "n"),
    )
    told = NoticeDelivery.objects.get(notification=notice)
    _copy(
        told,
        some,
        id=_key("told", "n"),
        user=person,
        notification=_key("notice", "n"),
        done_at="model.due_at",
    )
    choice = NotificationChoice.objects.create(
        user=model.owner, kind="x", in_app=True, email="off", push=True
    )
    _copy(choice, some, id=_key("choice", "n"), user=person, kind="'kind ' || n")
    session = Session.objects.filter(user=model.owner)[0]
    browser = PushSubscription.objects.create(user=model.owner, session=session, endpoint="x")
    _copy(browser, some, id=_key("browser", "n"), user=person, endpoint_digest="'digest ' || n")
    feed = FeedLink.objects.create(user=model.owner, kind="news")
    _copy(feed, some, id=_key("feed", "n"), user=person, digest="'digest ' || n")
    hook = Webhook.objects.create(user=model.owner, url="https://example.com/hook")
    _copy(hook, some, id=_key("hook", "n"), user=person)
    stream_key = "'list.' || n || '.copied'"
    followed = FollowedList.objects.create(webhook=hook, wishlist=model.wishlist, due_at=timezone.now())
    _copy(followed, some, id=_key("followed", "n"), webhook=_key("hook", "n"), stream_key=stream_key)
    delivery = WebhookDelivery.objects.create(webhook=hook, wishlist=model.wishlist, attempt=1, status=200)
    _copy(delivery, some, id=_key("delivery", "n"), webhook=_key("hook", "n"))
    done = AccountActivity.objects.create(user=model.owner, kind="account_created")
    _copy(done, some, id=_key("done", "n"), user=person)
    answer = StoredAnswer.objects.create(slot="slot", asked="2", body="x" * 500)
    _copy(answer, some, id=_key("answer", "n"), slot="'slot' || n", created_at=_ago("created_at", "n"))
    job = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="x", status="SUCCESSFUL", finished_at=timezone.now()
    )
    _copy(
        job,
        some,
        id=_key("job", "n"),
        finished_at=_ago("finished_at", "n"),
        enqueued_at=_ago("enqueued_at", "n"),
    )


def _copy(row: models.Model, times: int, **changed: str) -> None:
    """Insert copies 1 to `times` of `row`, with these fields changed. Their values are SQL, with `n` for the number."""
    table = row._meta.db_table
    names = {field.name: str(field.column) for field in row._meta.local_concrete_fields}
    columns = {column: f"model.{column}" for column in names.values()}
    columns |= {names[name]: value for name, value in changed.items()}
    pk = row._meta.pk
    assert pk is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {times})"
            f" INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
            f" FROM series, {table} AS model WHERE model.{pk.column} = '{pk.get_db_prep_value(row.pk, connection)}'"
        )


_KINDS: dict[str, int] = {}


def _key(kind: str, n: str) -> str:
    """Return the SQL of the key of the copy with this number: a UUID that says nothing about its order, as real ones."""
    number = _KINDS.setdefault(kind, len(_KINDS) + 1)
    mixed = f"(({n}) * 2654435761) % 4294967296"
    if connection.vendor == "sqlite":
        return f"printf('%08x%08x%016x', {mixed}, {number}, {n})"
    mixed = mixed.replace(f"({n})", f"({n})::bigint")
    return f"(lpad(to_hex({mixed}), 8, '0') || lpad(to_hex({number}), 8, '0') || lpad(to_hex({n}), 16, '0'))::uuid"


def _ago(column: str, seconds: str) -> str:
    if connection.vendor == "sqlite":
        return f"datetime(model.{column}, printf('%+d seconds', -({seconds})))"
    return f"model.{column} - ({seconds}) * interval '1 second'"


def _within(n: str, most: int) -> str:
    """Return the SQL that brings a number into 1 to `most`."""
    return f"(({n}) - 1) % {most} + 1"


def _friend(n: str, lists: int) -> str:
    """Return the SQL of the person who is viewer `n`: 1 to `lists` are the first viewers of each list, and so on."""
    return _within(f"({_within(n, lists)}) + 1 + (({n}) - 1) / {lists}", lists)


def _list_of_item(size: Size, n: str) -> str:
    return f"(({n}) - 1) / {size.items} + 1"
