"""Show a refusal in the form that caused it, so that nothing typed is lost.

add_refusal(form, refusal, field=None)
in_place(answer, *forms) -> HttpResponse        with status 429 or 503 and `Retry-After` if that was the refusal
"""

from __future__ import annotations

from django.forms import Form
from django.http import HttpResponse

from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal

_WAITS = (429, 503)


def add_refusal(form: Form, refusal: Refusal, field: str | None = None) -> None:
    """Add the sentence of the refusal to the form, next to `field`. That the form came too often belongs to no field."""
    form.add_error(None if refusal.status_code in _WAITS else field, str(refusal.detail))
    form.refusal = refusal  # type: ignore[attr-defined]


def in_place(answer: HttpResponse, *forms: Form) -> HttpResponse:
    """Return `answer`, the page with these forms, for a client that reads its status."""
    for form in forms:
        refusal: Refusal | None = getattr(form, "refusal", None)
        if refusal is not None and refusal.status_code in _WAITS:
            return refuse_in_place(answer, refusal)
    return answer
