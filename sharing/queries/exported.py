"""What a person's export has about suggestions."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from jobs.access.export_sections import ExportFile, ExportSection, as_json
from sharing.models import Suggestion
from sharing.projections.links import project_suggestion


def files_of_suggestions(user: User, _key: str) -> Iterator[ExportFile]:
    rows = Suggestion.objects.order_by("created_at", "pk")
    pending = rows.pending().filter(wishlist__owner=user, wishlist__removed_at=None)
    suggestions = {
        "to_me": [project_suggestion(row) for row in pending],
        "by_me": [project_suggestion(row) for row in rows.filter(suggested_by=user)],
    }
    yield ExportFile("suggestions.json", as_json(suggestions))


SUGGESTIONS = ExportSection("suggestions", keys=lambda _user: ["suggestions"], files=files_of_suggestions)
