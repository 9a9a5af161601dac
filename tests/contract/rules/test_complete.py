"""Each row, field, event, code and cell of the contract has a case, and no case tests what the contract doesn't
contain."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from tests.contract.support.cases import gathered
from tests.contract.support.tables import CONTRACT, names_by_part

NOT_YET = {
    "owner only: recipients": "No address changes who the recipients are yet; the issue on the surprise brings one.",
}
"""Parts of the contract that the server doesn't support yet, each with its reason. A name covers its fields too. This
list only shrinks."""


def all_names(text: str) -> set[str]:
    return set(chain.from_iterable(names_by_part(text).values()))


def gaps(text: str) -> tuple[set[str], set[str]]:
    """Return the parts of the contract in `text` without a case, and the cases without a part in `text`."""
    there, covered = all_names(text), gathered("covers")
    excused = {name for name in there if any(re.match(rf"{re.escape(late)}(\.|$)", name) for late in NOT_YET)}
    return there - covered - excused, covered - there


def test_contract_and_cases_match() -> None:
    missing, unknown = gaps(CONTRACT.read_text())
    assert not missing, "without a case: " + ", ".join(sorted(missing))
    assert not unknown, "not in the contract: " + ", ".join(sorted(unknown))


def test_every_quoted_sentence_is_in_the_contract() -> None:
    text = " ".join(CONTRACT.read_text().split())
    assert not {sentence for sentence in gathered("says") if sentence not in text}


def test_parts_marked_not_yet_are_in_the_contract_and_have_no_case() -> None:
    assert NOT_YET.keys() <= all_names(CONTRACT.read_text())
    assert not NOT_YET.keys() & gathered("covers")


ADDED = [
    ("| GET `/health` (at", "| POST `/wishlists/{id}/archive` | | 204 |\n| GET `/health` (at", "POST /wishlists/{id}/archive"),
    ("| DELETE `/wishlists/{id}/shares/{userId}` |", "| PATCH, DELETE `/wishlists/{id}/shares/{userId}` |",
     "PATCH /wishlists/{id}/shares/{userId}"),
    ("`expires_at?`, `max_views?` ≥ 1", "`expires_at?`, `max_views?` ≥ 1, `label?`", "body /wishlists/{id}/public-link: label"),
    ("`{shared_with_count, contributors_count}`", "`{shared_with_count, contributors_count, items_count}`",
     "answer /wishlists/{id}/delete-impact: items_count"),
    ("`my_role`, `i_am_recipient`.", "`my_role`, `i_am_recipient`, `occasion`.", "Wishlist.occasion"),
    ("`reserved_by_name`, `received_at`.", "`reserved_by_name`, `received_at`, `priority`.", "Item.priority"),
    ("`suggestion_accepted`;", "`suggestion_accepted {item_title}`;", "notification suggestion_accepted.item_title"),
    ("| field | GIVER (let in, not a recipient) |", "| field | STRANGER | GIVER (let in, not a recipient) |",
     "STRANGER: units_free"),
    ("| `contributed_by_id` (who added a visible item) |", "| `contributed_by_id`, `quantity` |", "RECIPIENT: quantity"),
    ("| a recipient | 200", "| a moderator | 200 | 200 | 200 |\n| a recipient | 200", "a moderator -> available"),
    ("| `reserved` | `purchased` | `available` |", "| `reserved` | `purchased` | `available` | `waiting` |",
     "a recipient -> waiting"),
    ("`ack {wishlist_id, seq}`", "`ack {wishlist_id, seq}`, `typing {wishlist_id}`", "client typing"),
    ("`item_updated {item}`", "`item_updated {item, by}`", "server item_updated.by"),
    ("`avatar_changed {user_id, avatar_url}`", "`avatar_changed {user_id, avatar_url}`, `item_moved {item_id}`",
     "server item_moved"),
    ("4430 reads too slowly", "4430 reads too slowly, 4431 asks too much", "close 4431"),
    ("shares, links and deletion are the owner's", "shares, links, webhooks and deletion are the owner's",
     "owner only: webhooks"),
    ("exposed `Link, X-Total-Count", "exposed `Link, Server-Timing, X-Total-Count", "cors exposes Server-Timing"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "instead", "name"), ADDED, ids=[added[2] for added in ADDED])
def test_control_addition_to_the_contract_is_reported_as_missing(words: str, instead: str, name: str) -> None:
    text = CONTRACT.read_text()
    assert text.count(words) == 1
    assert name in gaps(text.replace(words, instead))[0]
    assert name not in gaps(text)[0]


def test_control_removal_from_the_contract_is_reported_as_unknown() -> None:
    without = "".join(line for line in CONTRACT.open() if "delete-impact" not in line)
    assert "GET /wishlists/{id}/delete-impact" in gaps(without)[1]
