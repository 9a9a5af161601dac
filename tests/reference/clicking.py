"""Use pages of the browsable API like a user with a browser."""

from __future__ import annotations

from html.parser import HTMLParser

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Page(HTMLParser):
    """A parsed page: links by their text, and forms with their values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.addresses: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inline: list[str] = []
        self._link: str | None = None
        self._in_form = self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        self.inline += [name for name in attributes if name == "style" or name.startswith("on")]
        self._in_script = (
            tag == "script" and not attributes.get("src") and "json" not in attributes.get("type", "")
        )
        if tag == "style":
            self.inline.append(tag)
        if tag == "a":
            self._link = attributes.get("href")
            self.addresses.append(self._link or "")
        elif tag == "form":
            self._in_form = attributes.get("method", "").lower() == "post"
            if self._in_form:
                self.forms.append((attributes.get("action", ""), {}))
        elif tag in ("input", "textarea", "select") and self._in_form and attributes.get("name"):
            self.forms[-1][1][attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._link and data.strip():
            self.links.setdefault(data.strip(), self._link)
        if self._in_script and data.strip():
            self.inline.append("script")
