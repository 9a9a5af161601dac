"""CSV answers for spreadsheet programs. A cell that a program would run as a formula is marked as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from core.api.renderers import OrjsonRenderer, encode
from core.money.money import Money, to_decimal
from core.text.invisible import IGNORABLE

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(value: Any) -> str:
    """Return `value` as text that no spreadsheet program runs: guests typed it, and the owner opens the file."""
    text = _text(value)
    seen = IGNORABLE.sub("", text).lstrip(" ")
    return f"'{text}" if seen.startswith(_FORMULA) else text


def _text(value: Any) -> str:
    """Return the value in the form that programs read: amounts with a point and all decimals of their currency."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return str(to_decimal(value.minor, value.currency))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def csv_bytes(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> bytes:
    """Return the rows as CSV (RFC 4180), with the byte order mark by which Excel recognizes UTF-8."""
    names, text = list(columns), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([safe_cell(row[name]) for name in names] for row in rows)
    return text.getvalue().encode("utf-8-sig")


class CsvRenderer(OrjsonRenderer):
    """Renders a list of rows as `text/csv`, with the view's `csv_columns`.

    Errors are problem documents here too, and answers to OPTIONS are JSON.
    """

    media_type = "text/csv"
    format = "csv"
    content_type = "text/csv; charset=utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        context = renderer_context or {}
        response = context.get("response")
        if response is None or response.exception:
            return super().render(data, accepted_media_type, renderer_context)
        if context["request"].method == "OPTIONS":
            response["Content-Type"] = OrjsonRenderer.content_type
            return encode(data)
        response["Content-Type"] = self.content_type
        return csv_bytes(data, context["view"].csv_columns)
