"""Each row, field, event, code and cell of the contract has a case, and no case tries what the contract does not say."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from tests.contract.support.cases import gathered
from tests.contract.support.tables import CONTRACT, promises

NOT_YET = {
    "server job_progress": "No job tells of its progress yet; the first that does (an import) brings the case.",
    "owner only: recipients": "No address changes who the recipients are yet; the issue on the surprise brings one.",
}
"""What the server cannot be asked for yet, each with its reason. A name stands for its fields too. This list shrinks."""


def promised(text: str) -> set[str]:
    return set(chain.from_iterable(promises(text).values()))


def gaps(text: str) -> tuple[set[str], set[str]]:
    """What the contract in `text` promises without a case, and what is covered though it is not there."""
    there, covered = promised(text), gathered("covers")
    excused = {name for name in there if any(re.match(rf"{re.escape(late)}(\.|$)", name) for late in NOT_YET)}
    return there - covered - excused, covered - there


def test_every_promise_has_a_case_and_every_case_a_promise() -> None:
    missing, unknown = gaps(CONTRACT.read_text())
    assert not missing, "without a case: " + ", ".join(sorted(missing))
    assert not unknown, "not in the contract: " + ", ".join(sorted(unknown))


def test_every_quoted_sentence_stands_in_the_contract() -> None:
    text = " ".join(CONTRACT.read_text().split())
    assert not {sentence for sentence in gathered("says") if sentence not in text}


def test_what_is_excused_is_promised_and_not_covered() -> None:
    assert NOT_YET.keys() <= promised(CONTRACT.read_text())
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
def test_control_what_is_added_to_the_contract_is_missed_by_name(words: str, instead: str, name: str) -> None:
    text = CONTRACT.read_text()
    assert text.count(words) == 1
    assert name in gaps(text.replace(words, instead))[0]
    assert name not in gaps(text)[0]


def test_control_what_is_taken_out_of_the_contract_is_named_as_unknown() -> None:
    without = "".join(line for line in CONTRACT.open() if "delete-impact" not in line)
    assert "GET /wishlists/{id}/delete-impact" in gaps(without)[1]
