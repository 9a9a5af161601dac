"""The metadata of a product page: every field is null if the page cannot or must not be fetched."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Person

NOTHING = {"title": None, "image_url": None, "price": None, "currency": None}


@covers("GET /metadata?url=", *each("answer /metadata?url=: ", "200 title image_url price currency"))
@says("null for all that cannot or may not be fetched")
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/health",
        "http://localhost:{port}/health",
        "http://[::1]:{port}/health",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/",
        "https://shop.invalid/kettle",
    ],
)
def test_metadata_of_a_forbidden_address_is_null(bob: Person, url: str) -> None:
    port = bob.base.rpartition(":")[2]
    assert bob.get("/metadata", params={"url": url.format(port=port)}) == NOTHING


def test_missing_address_is_refused(bob: Person) -> None:
    bob.get("/metadata", expect=400)
