"""Read the fields of a form on a page as a browser would send them."""

from __future__ import annotations

from typing import Any

import lxml.html


def fields_of(page: Any, action: str) -> dict[str, Any]:
    """Return the fields of the form with this `action`, including hidden ones, without its buttons."""
    tree = lxml.html.document_fromstring(page.content.decode())
    found = [form for form in tree.forms if (form.get("action") or page.request["PATH_INFO"]) == action]
    fields: dict[str, Any] = {}
    for area in found[0].iter("textarea"):
        area.text = (
            (area.text or "").removeprefix("\r").removeprefix("\n")
        )  # browsers drop the first line break
    for hidden in found[0].xpath(".//input[@type='hidden'][not(@value)]"):
        hidden.set("value", "")
    for name, value in found[0].form_values():
        text = value.replace("\r\n", "\n").replace("\n", "\r\n")
        if name in fields:
            fields[name] = [*([fields[name]] if isinstance(fields[name], str) else fields[name]), text]
        else:
            fields[name] = text
    return {name: value for name, value in fields.items() if name not in ("csrfmiddlewaretoken", "form_key")}
