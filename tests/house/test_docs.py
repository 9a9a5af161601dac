"""Pages that are linked or named exist, and so do the modules that pages name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT

pytestmark = pytest.mark.once

NAMED = re.compile(r"(?<![\w./-])(?:docs|bench)/[\w./-]+\.md\b")
"""A page as comments, templates and pages name it."""
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
FILE = re.compile(
    rf"`((?:{'|'.join(PACKAGES)}|scripts|templates|static)/[\w./-]*\.(?:py|html|js|txt))`(?! \(new\))"
)
"""A module, template or script. Files that a how-to adds are marked as new."""
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

SOURCES = (*PACKAGES, "docs", "bench", "scripts", "templates", "static")
KINDS = {".py", ".md", ".html", ".txt", ".js", ".css", ".yml", ".toml"}
BESIDE = ("Makefile", "Dockerfile", ".env.example")

COMING: set[str] = set()
"""Pages that are linked to before they are written. A page that is there must not be in this set."""

AS_IT_WAS = {"bench/lab-book.md"}
"""The lab book names modules as they were called on the day of a run."""


def sources(root: Path) -> Iterator[Path]:
    """Return every text file that may name a page."""
    yield from (path for path in root.iterdir() if path.suffix in KINDS or path.name in BESIDE)
    for folder in SOURCES:
        yield from (path for path in (root / folder).rglob("*") if path.suffix in KINDS)


def pages(root: Path) -> Iterator[Path]:
    return (path for path in sources(root) if path.suffix == ".md")


def missing_pages(root: Path) -> list[str]:
    """Return `file names page` for each page that does not exist."""
    return sorted(
        f"{path.relative_to(root)} names {page}"
        for path in sources(root)
        for page in set(NAMED.findall(path.read_text(errors="replace")))
        if not (root / page).exists() and page not in COMING
    )


def dead_links(root: Path) -> list[str]:
    """Return `file links to target` for each relative link whose file or heading does not exist."""
    found = []
    coming = {(root / page).resolve() for page in COMING}
    for path in pages(root):
        for target in LINK.findall(CODE.sub("", path.read_text())):
            file, _, heading = target.partition("#")
            there = (path.parent / file).resolve() if file else path
            if there in coming:
                continue
            if not there.exists() or (heading and heading not in anchors(there)):
                found.append(f"{path.relative_to(root)} links to {target}")
    return sorted(found)


def anchors(page: Path) -> set[str]:
    """Return the headings of a page, as links spell them."""
    headings = HEADING.findall(CODE.sub("", page.read_text()))
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def missing_files(root: Path) -> list[str]:
    """Return `page names file` for each module, template or script that does not exist."""
    return sorted(
        f"{inside} names {file}"
        for path in pages(root)
        if (inside := str(path.relative_to(root))) not in AS_IT_WAS
        for file in set(FILE.findall(path.read_text()))
        if not (root / file).exists()
    )


def test_named_pages_exist() -> None:
    assert missing_pages(ROOT) == []


def test_link_targets_exist() -> None:
    assert dead_links(ROOT) == []


def test_files_that_pages_name_exist() -> None:
    assert missing_files(ROOT) == []


def test_pages_to_come_are_not_there_yet() -> None:
    assert [page for page in COMING if (ROOT / page).exists()] == []


def test_planted_mistakes_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "core").mkdir()
    gone = "docs/" + "gone.md"
    (tmp_path / "core/money.py").write_text(f'"""See docs/money.md and {gone}."""\n')
    (tmp_path / "docs/money.md").write_text(
        "# Money\n\n## What people type\n\n`core/money.py` `core/gone.py` `core/added.py` (new)\n"
        "[here](#what-people-type) [there](gone.md) [nowhere](money.md#gone) [out](https://example.com/gone)\n"
        "```\n[code](gone.md)\n```\n"
    )
    assert missing_pages(tmp_path) == [f"core/money.py names {gone}"]
    assert dead_links(tmp_path) == ["docs/money.md links to gone.md", "docs/money.md links to money.md#gone"]
    assert missing_files(tmp_path) == ["docs/money.md names core/gone.py"]
