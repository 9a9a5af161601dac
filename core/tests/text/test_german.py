"""The German catalogue: every string of the sources is translated, and the compiled file is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.support.sources import ROOT, modules

pytestmark = pytest.mark.once

GERMAN = ROOT / "locale/de/LC_MESSAGES"
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2), "pgettext_lazy": ((1, "c"), 2)}


def sources(root: Path) -> Iterator[str]:
    """Yield every source that may hold strings, templates as the Python-like text that Django makes of them."""
    yield from ((root / module.path).read_text() for module in modules(root) if not module.is_test)
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            # Babel reads Python, where indentation counts.
            yield "\n".join(line.strip() for line in templatize(path.read_text()).splitlines())


def strings(source: str) -> set[str]:
    found = extract("python", BytesIO(source.encode()), KEYWORDS)
    return {one if isinstance(one, str) else one[0] for _, one, _, _ in found}


def msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def complaints(catalog: Catalog) -> list[str]:
    """Return the strings that are not translated, only guessed, or translated with other placeholders."""
    return [
        msgid(message)
        for message in catalog
        if message.id
        and (message.fuzzy or not all(forms_of(message)) or next(iter(message.check(catalog)), None))
    ]


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the translation and, where there is one, its plural. An empty one is missing."""
    translated = message.string
    return tuple(translated) if isinstance(translated, (tuple, list)) else (translated or "",)


@pytest.fixture
def catalog() -> Catalog:
    with (GERMAN / "django.po").open("rb") as opened:
        return read_po(opened, locale="de")


def test_every_string_is_in_the_catalogue(catalog: Catalog) -> None:
    written = set().union(*map(strings, sources(ROOT)))
    assert written == {msgid(message) for message in catalog if message.id}, "run makemessages -l de"


def test_every_string_is_translated(catalog: Catalog) -> None:
    assert complaints(catalog) == []


def test_compiled_catalogue_is_up_to_date(catalog: Catalog) -> None:
    with (GERMAN / "django.mo").open("rb") as opened:
        compiled = read_mo(opened)
    translated = {msgid(message): forms_of(message) for message in catalog if message.id}
    assert translated == {msgid(message): forms_of(message) for message in compiled if message.id}, (
        "run compilemessages"
    )


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "Add"\nmsgstr ""',
        '#, fuzzy\nmsgid "Add"\nmsgstr "Guessed"',
        '#, python-format\nmsgid "%(n)s left"\nmsgstr "%(m)s übrig"',
        'msgid "%(n)s gift"\nmsgid_plural "%(n)s gifts"\nmsgstr[0] "%(n)s Geschenk"\nmsgstr[1] ""',
    ],
)
def test_untranslated_guessed_and_wrong_entries_are_found(entry: str) -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    assert len(complaints(read_po(BytesIO((header + entry).encode()), locale="de"))) == 1


def test_strings_of_templates_and_modules_are_found() -> None:
    template = (
        '<p>\n  {% translate "One" %}\n{% blocktranslate count n=n %}a{% plural %}b{% endblocktranslate %}'
    )
    assert strings("\n".join(line.strip() for line in templatize(template).splitlines())) == {"One", "a"}
    assert strings("x = [_('One'), ngettext('a', 'b', 2), gettext_lazy('Two')]") == {"One", "a", "Two"}
