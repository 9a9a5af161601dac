"""What DRF has chosen for an Accept header is kept, and is what it would choose again."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api import negotiation
from core.api.browsable import BrowsableRenderer
from core.api.negotiation import Negotiation
from core.api.renderers import JSendRenderer, OrjsonRenderer, ProblemRenderer

ALL = (OrjsonRenderer, JSendRenderer, BrowsableRenderer, ProblemRenderer)
ACCEPTED = (
    "*/*",
    "application/json",
    "application/json; indent=4",
    "application/vnd.jsend+json",
    "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "application/problem+json",
    "application/*",
)


def asked(accept: str) -> Request:
    return Request(APIRequestFactory().get("/", headers={"accept": accept}))


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("offered", [ALL, tuple(reversed(ALL)), ALL[:1]])
def test_choice_is_the_same_each_time(accept: str, offered: tuple[type, ...]) -> None:
    outcomes = []
    for chooser in (DefaultContentNegotiation(), Negotiation(), Negotiation()):
        try:
            renderer, media_type = chooser.select_renderer(asked(accept), [one() for one in offered])
        except NotAcceptable:
            outcomes.append("nothing")
        else:
            outcomes.append(f"{type(renderer).__name__} {media_type}")
    assert len(set(outcomes)) == 1


def test_number_of_kept_choices_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negotiation, "MOST", 3)
    for number in range(10):
        Negotiation().select_renderer(asked(f"application/json; indent={number}"), [OrjsonRenderer()])
    assert len(negotiation._chosen) == 3
