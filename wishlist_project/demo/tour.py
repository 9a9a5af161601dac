"""The text that each start prints: what to try in the demo, with working links, ids and tokens."""

from __future__ import annotations

import textwrap

from django.conf import settings

from accounts.models import User
from accounts.services.sessions import start_session, tokens_of
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from wishlist_project.demo.occasions import BIRTHDAY
from wishlist_project.demo.story import MODERATOR, PASSWORD, PEOPLE, WORTH_A_LOOK
from wishlists.models import Item

TEXT = """
Try this in three separate windows (use other browsers or private windows, so that they don't share a log-in):
  1  as a guest, not logged in          {site}/s/{token}
  2  as Bob, whom Alice invited         {site}/login?next=/lists/{wishlist}
     Reserve something in 1 and watch it change in 2.
  3  as Alice, whose birthday it is     {site}/login?next=/lists/{wishlist}
     She can't see any of it.{one_click}

Log in with one of these addresses and the password "{password}":
{people}
What to look at:
{looks}

In a terminal, with the token of the link and an access token of Bob that is valid for {minutes} minutes:
  curl -s '{api}/public/wishlists?token={token}'

  curl -s -X PATCH '{api}/public/wishlists/items/{item}?token={token}' \\
    -H 'Content-Type: application/json' -d '{{"reservation_status": "reserved", "guest_name": "Aunt Ida"}}'

  curl -s {api}/wishlists/{wishlist}/items -H 'Authorization: Bearer {access}'

Browse the API: {site}/api/v1 and {site}/docs    Start again: make reset
"""

ONE_CLICK = "\n  Or open {site}/ in each window: one click logs you in."


def tour() -> str:
    """Return the text, or a single sentence if the demo's list was deleted or changed too much."""
    link = _birthday_link()
    bob = next(iter(User.objects.with_address(PEOPLE["Bob"], is_active=True)), None)
    item = (
        link
        and Item.objects.live()
        .open_knowledge()
        .filter(wishlist=link.wishlist, units_taken=0, mark="", choice=None)
        .first()
    )
    if link is None or bob is None or item is None:
        return "The demo's birthday list was deleted. Run make reset to rebuild the demo."
    return TEXT.format(
        site=settings.SITE_URL,
        api=f"{settings.SITE_URL}/api/v1",
        token=link_token(link),
        wishlist=link.wishlist_id,
        item=item.pk,
        password=PASSWORD,
        people=_people(),
        looks="\n".join(f"  {name + ':':<14}{what}" for name, what in WORTH_A_LOOK),
        access=tokens_of(start_session(user=bob))["access_token"],
        one_click=ONE_CLICK.format(site=settings.SITE_URL) if settings.DEBUG else "",
        minutes=settings.ACCESS_TOKEN_SECONDS // 60,
    )


def _birthday_link() -> PublicLink | None:
    links = PublicLink.objects.live().select_related("wishlist")
    return links.filter(wishlist__owner__mailbox=PEOPLE["Alice"], wishlist__title=BIRTHDAY.title).first()


def _people() -> str:
    names = textwrap.fill("  ".join(PEOPLE.values()), 100, initial_indent="  ", subsequent_indent="  ")
    return (
        f"{names}\n  {MODERATOR[1]} (moderator, at {settings.SITE_URL}/admin/)" if settings.DEBUG else names
    )
