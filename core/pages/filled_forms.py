"""Fill kept input (kept_forms.py) into the form on its page. Works for any form of any template."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from core.lazy_modules import later
from core.pages.kept_forms import Kept

html = later("lxml.html")

_NOT_FILLED = {"hidden", "password", "file", "submit", "button", "image", "reset"}


def fill_page(source: str, path: str, kept: list[Kept]) -> str:
    """Return the page with the kept input in its forms, each with a sentence that says why it was not saved."""
    page = html.document_fromstring(source)
    for one in kept:
        form = _find(page, path, one)
        if form is None:
            _tell(page, one)
        else:
            _fill(form, one)
    return str(html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>"))


def _find(page: Any, path: str, kept: Kept) -> Any:
    """Return the form with that address; of several, the one with the most fields in common."""
    there = [
        form
        for form in page.forms
        if urlsplit(urljoin(path, form.get("action") or path)).path == kept["path"]
    ]
    return max(there, key=lambda form: _likeness(form, kept["fields"]), default=None)


def _likeness(form: Any, fields: dict[str, list[str]]) -> int:
    same = 0
    for control in form.xpath(".//*[@name]"):
        values = fields.get(control.get("name"), [])
        is_told = control.get("type") == "hidden" or control.tag == "button"
        if is_told and not control.get("name").startswith("initial-"):
            same += 3 * (1 if control.get("value") in values else -(control.tag != "button"))
        else:
            same += control.get("name") in fields
    return same


def _fill(form: Any, kept: Kept) -> None:
    for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        _set(control, kept["fields"].get(control.get("name")))
    for fold in form.iterancestors("details"):
        fold.set("open", "")
    for fold in form.xpath(".//details[.//*[@name]]"):
        if any(kept["fields"].get(one.get("name"), [""]) != [""] for one in fold.xpath(".//*[@name]")):
            fold.set("open", "")
    form.insert(0, _notice(kept["why"]))


def _set(control: Any, values: list[str] | None) -> None:
    kind = (control.get("type") or "text").lower()
    if control.tag == "textarea":
        if values:
            control.text = "\n" + values[0]  # browsers drop the first line break
    elif control.tag == "select":
        for option in control.iter("option"):
            _flag(option, "selected", values is not None and (option.get("value") or "") in values)
    elif kind in ("checkbox", "radio"):
        _flag(control, "checked", control.get("value", "on") in (values or []))
    elif values and (kind not in _NOT_FILLED or control.get("name").startswith("initial-")):
        control.set("value", values[0])


def _flag(control: Any, name: str, is_set: bool) -> None:
    if is_set:
        control.set(name, "")
    else:
        control.attrib.pop(name, None)


def _tell(page: Any, kept: Kept) -> None:
    """Show the kept texts for copying, if their form is no longer on the page."""
    texts = [
        value for values in kept["fields"].values() for value in values if " " in value or len(value) > 20
    ]
    place = page.get_element_by_id("messages", None)
    if place is None:
        return
    place.append(_notice(kept["why"]))
    if texts:
        place.append(_element("p", _("You typed:")))
        for text in texts:
            place.append(_element("pre", text))


def _notice(sentence: str) -> Any:
    notice = _element("p", sentence)
    notice.set("class", "message warning kept")
    notice.set("role", "alert")
    return notice


def _element(tag: str, text: str) -> Any:
    element = html.Element(tag)
    element.text = text
    return element
