"""Comparison of addresses by mailbox, and validation of new addresses, by the cases of the corpus."""

from __future__ import annotations

import itertools
import time

import pytest
from django.core.exceptions import ValidationError

from core.mailboxes.address_checks import validate_address
from core.mailboxes.mail_providers import BY_DOMAIN, PROVIDERS
from core.mailboxes.mailbox_forms import (
    MAX_MAILBOX,
    account_mailbox,
    canonical_address,
    canonical_mailbox,
    deliverable,
)
from core.tests.corpus import corpus

pytestmark = pytest.mark.once

KNOWN = corpus("addresses")
FORMS = {"address": canonical_address, "account": account_mailbox, "canonical": canonical_mailbox}


def test_spellings_of_the_corpus_compare_as_declared() -> None:
    names = list(FORMS)
    for form, why, addresses in KNOWN["same"]:
        for coarser in names[names.index(form) :]:
            assert len({FORMS[coarser](address) for address in addresses}) == 1, (coarser, why)
        for finer in names[: names.index(form)]:
            assert len({FORMS[finer](address) for address in addresses}) > 1, (finer, why)
    for form, why, addresses in KNOWN["different"]:
        for finer in names[: names.index(form) + 1]:
            for one, other in itertools.combinations(addresses, 2):
                assert FORMS[finer](one) != FORMS[finer](other), (finer, why)


def test_canonical_forms_are_idempotent() -> None:
    for _form, why, addresses in KNOWN["same"] + KNOWN["different"]:
        for address, form in itertools.product(addresses, FORMS.values()):
            assert form(form(address)) == form(address), why


def judged(address: str) -> str | None:
    try:
        validate_address(address)
    except ValidationError as error:
        return error.code
    return "ok"


def test_new_addresses_of_the_corpus_get_their_verdict() -> None:
    for address, verdict, why in KNOWN["new"]:
        assert judged(address) == verdict, why


def test_mail_is_sent_to_the_typed_address() -> None:
    """Only a Unicode domain is encoded, and not by IDNA 2003, which would give another domain."""
    assert deliverable("A.B+x@GoogleMail.com") == "A.B+x@GoogleMail.com"
    assert deliverable("Jo@Müller.example") == "Jo@xn--mller-kva.example"
    assert deliverable("jo@straße.example") == "jo@xn--strae-oqa.example"


def test_domain_belongs_to_one_provider() -> None:
    domains = [domain for provider in PROVIDERS for domain in (provider.domain, *provider.also)]
    assert len(domains) == len(BY_DOMAIN)


@pytest.mark.parametrize(
    "hostile",
    ["", "@", "@@", "jo", "jo@", "@gmail.com", "+@gmail.com", ".@gmail.com", "x@.", "x@xn--", "x@xn--\x80",
     "\u0301" * 300_000, "a@" + "ü." * 300_000, "a@" + "xn--a." * 100_000, '"' * 300_000, "\u200b" * 300_000,
     "ﷺ" * 300_000 + "@x.example", "\ufdfa@\ufdfa"],
)  # fmt: skip
def test_any_text_has_a_short_form_within_a_second(hostile: str) -> None:
    begun = time.process_time()
    for form in FORMS.values():
        assert len(form(hostile)) <= MAX_MAILBOX
    assert time.process_time() - begun < 1
