"""Who learns what, and who may do what: setting × viewer × role × channel × action, with the presets by name.

The expectation is written here from the contract's table, and not taken from the code.
"""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from accounts.models import User
from core.db.prepared import forget_statements
from tests.policies.stage import CHANNELS, SETTINGS, VIEWERS, WITHOUT_SECRETS, Seen, Stage, calls
from wishlists.access.presets import PRESETS
from wishlists.admin.opened import OpenedOnlyAdmin
from wishlists.models import Member
from wishlists.models.items import ItemQuerySet
from wishlists.services.moderating import open_giving

# The contract test checks on both databases what each audience gets. This test is about who belongs to which audience.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

Stages = dict[str, Stage]

NOTHING = Seen(status=False, name=False, totals=False, secret=False)
TAKEN = Seen(status=True, name=False, totals=False, secret=False)
PUBLIC = Seen(status=True, name=False, totals=True, secret=False)
NAMELESS = Seen(status=True, name=False, totals=True, secret=True)
EVERYTHING = Seen(status=True, name=True, totals=True, secret=True)

RECIPIENTS = ("owner", "owner by link", "co-recipient", "editor recipient", "former recipient")
GIVERS = ("editor giver", "viewer giver")

TO_RECIPIENTS = {
    "surprise": NOTHING,
    "status": TAKEN,
    "open": EVERYTHING,
    "surprise, names hidden": NOTHING,
    "open, names hidden": NAMELESS,
    "surprise, revealed": EVERYTHING,
    "preset surprise": NOTHING,
    "preset registry": EVERYTHING,
    "preset for_my_child": NOTHING,
    "preset for_both": NOTHING,
}
NO_SECRETS = ("open", "open, names hidden", "surprise, revealed", "preset registry")


def expected(setting: str, viewer: str) -> Seen:
    if setting == "preset for_my_child" and viewer.startswith("owner"):
        return EVERYTHING if viewer == "owner" else PUBLIC
    if viewer == "former recipient" and setting in NO_SECRETS:
        return PUBLIC
    if viewer in RECIPIENTS:
        return TO_RECIPIENTS[setting]
    if viewer in GIVERS:
        return NAMELESS if "hidden" in setting else EVERYTHING
    return PUBLIC


def test_every_setting_is_in_the_table() -> None:
    assert set(TO_RECIPIENTS) == set(SETTINGS)
    assert {f"preset {name}" for name in PRESETS if name not in WITHOUT_SECRETS} <= set(SETTINGS)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_viewer_learns_what_the_table_says(stages: Stages, setting: str, viewer: str, channel: str) -> None:
    assert CHANNELS[channel](stages[setting], viewer) == expected(setting, viewer)


def allowed(setting: str, viewer: str, action: str) -> int:
    """Return the expected status of the answer."""
    owner_gives = setting == "preset for_my_child"
    is_recipient = viewer in RECIPIENTS and not (owner_gives and viewer.startswith("owner"))
    if action == "reserve":  # the recipient's own mark
        if viewer == "former recipient" and setting not in NO_SECRETS:
            return 403
        return 400 if viewer == "unidentified browser" else 200
    if action == "chip in":
        if viewer == "former recipient":
            return 201 if setting in NO_SECRETS else 403
        return 403 if is_recipient else 400 if viewer == "unidentified browser" else 201
    if action == "suggest":
        outside = viewer in (
            "former recipient",
            "stranger",
            "stranger by link",
            "guest",
            "unidentified browser",
        )
        return 403 if setting == "preset for_both" and outside else 201
    if action == "add in secret":
        let_in = viewer in GIVERS or (owner_gives and viewer == "owner")
        return 201 if let_in and setting not in NO_SECRETS else 403
    if action in ("add", "edit"):
        return (201 if action == "add" else 200) if viewer.startswith(("owner", "editor")) else 403
    return 200 if viewer == "owner" else 403


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_viewer_may_do_what_the_table_says(stages: Stages, setting: str, viewer: str) -> None:
    stage = stages[setting]
    api, answers = stage.api(viewer), {}
    for action, (method, path, body) in calls(stage, viewer).items():
        with transaction.atomic():
            answers[action] = api(method, path, body).status_code
            transaction.set_rollback(True)
    assert answers == {action: allowed(setting, viewer, action) for action in answers}


MODERATED = {
    "reservation": "Kettle",
    "contribution": "Kettle",
    "item": "Secret",
    "message": "Among us",
    "waitlistentry": "Kettle",
    "collection": "Kettle",
    "thanks": "Birthday",
}
"""What each admin page shows of this list's giving."""


def test_every_admin_page_that_needs_a_reason_is_in_the_table() -> None:
    pages = {
        model._meta.model_name
        for model, page in admin.site._registry.items()
        if isinstance(page, OpenedOnlyAdmin)
    }
    assert pages | {"item"} == set(MODERATED)


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "opened"])
@pytest.mark.parametrize("is_recipient", [False, True], ids=["moderator", "moderator who is a recipient"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_moderators_see_giving_only_after_opening_it(
    stages: Stages, setting: str, is_recipient: bool, opened: bool
) -> None:
    """They see no giving until they open it with a reason. Moderators who are recipients cannot open it."""
    stage = stages[setting]
    with transaction.atomic():
        mona = User.objects.create_superuser("mona@example.com", display_name="Mona", password=None)
        if is_recipient:
            Member.objects.create(wishlist=stage.wishlist, user=mona, role="viewer", is_recipient=True)
        if opened:
            assert open_giving(wishlist=stage.wishlist, by=mona, reason="help") is not is_recipient
        stage.give_together()
        moderator_client = Client()
        moderator_client.force_login(mona)
        pages = {name: moderator_client.get(f"/admin/wishlists/{name}/") for name in MODERATED}
        assert {page.status_code for page in pages.values()} == {200}
        seen = {name: words in pages[name].text for name, words in MODERATED.items()}
        transaction.set_rollback(True)
    assert seen == dict.fromkeys(MODERATED, opened and not is_recipient)


@pytest.mark.parametrize("channel", ["REST", "page", "snapshot"])
def test_control_secret_additions_show_without_the_filter(
    stages: Stages, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every read of a list's items goes through `seen_with`."""
    monkeypatch.setattr(ItemQuerySet, "seen_with", lambda self, sight: self.live())
    forget_statements()
    try:
        for viewer in VIEWERS:
            assert CHANNELS[channel](stages["surprise"], viewer).secret
    finally:
        forget_statements()
