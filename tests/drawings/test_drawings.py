"""Drawings: marks are filled in, indentation is dropped, and the cache has a limit."""

from __future__ import annotations

from functools import partial

from core.pages.drawings import Drawn, Kept, mark, squeezed


def size(text: str) -> int:
    return len(text)


def test_marks_are_filled_in_at_each_place() -> None:
    numbers = iter("12")
    piece = Drawn(f"<a>{mark('name')}</a>{mark('key')}{mark('key')}")
    assert piece.filled({"name": "Mia", "key": lambda: next(numbers)}) == "<a>Mia</a>12"


def test_text_that_looks_like_a_mark_of_another_process_is_only_text() -> None:
    text = "~0123456789abcdef.csrf_token~ and ~csrf_token~"
    assert Drawn(text).filled({"csrf_token": "secret"}) == text


def test_digest_is_that_of_the_piece_in_every_process() -> None:
    assert Drawn(f"a{mark('name')}").digest == Drawn(f"a{mark('name')}").digest != Drawn("a").digest
    assert Drawn(f"a{mark('name')}").digest.hex() == "aa9d951367569d5e43ac416e951e58ac"


def test_indentation_is_dropped_and_words_stay_apart() -> None:
    source = '<p class="a"\n   id="b" >\n   Two\n   lines <b>and</b>\n  <i>more</i>\n</p>'
    assert squeezed(source) == '<p class="a" id="b">\nTwo\n   lines <b>and</b>\n<i>more</i>\n</p>'


def test_least_recently_used_value_is_forgotten() -> None:
    kept, made = Kept[str](most=10), list[str]()

    def make(key: str) -> str:
        made.append(key)
        return "12345"

    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, partial(make, key), size)
    assert made == ["a", "b", "c", "b"]
    assert kept.size == 10


def test_value_above_the_limit_is_not_kept() -> None:
    kept = Kept[str](most=10)
    kept.get("small", lambda: "1234567890", size)
    assert kept.get("large", lambda: "12345678901", size) == "12345678901"
    assert (kept.size, kept.get("small", str, size)) == (10, "1234567890")
