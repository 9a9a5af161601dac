"""Every route that the URL table has, and what a recipient may send there. One that is missing here fails a test.

Bodies are alternatives; of those that cannot be filled, none is sent. `{item}` and the like stand for some id that
there is, secret ones included, for a recipient may guess.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.serializers import BaseSerializer

from accounts.web import forms as account_forms
from accounts.web import sign_in_forms, tenant_forms
from exchanges.web import forms as exchanges
from moderation.web.forms import ReportForm
from notices.web import forms as notice_forms
from people.web import forms as people
from sharing.web.forms import guests, sharing
from tests.twin_worlds.bodies import BROWSER_KEY, bodies, fields_of
from webhooks.web import forms as webhook_forms
from wishlists.web.forms import alternatives, collections, groups, lists, messages, my_gifts, shared_lists
from wishlists.web.views import reveal

Bodies = tuple[dict[str, Any], ...]

WORD = "wish"
"""Begins every text that recipients send and no table here spells."""

NOTHING: Bodies = ({},)
_ITEM: Bodies = (
    {"title": "Lamp", "price": 12.5},
    {"quantity": 1},
    {"quantity": 3},
    {"quantity": None},
    {"price": 5, "currency": "USD"},
    {"position": 0},
    {"reservation_status": "reserved"},
    {"reservation_status": "purchased"},
    {"reservation_status": "available"},
    {"reservation_message": "hm"},
    {"title": ""},
    {"title": "Hush", "secret": True},
    {"choice": "00000000-0000-4000-8000-00000000000a"},
    {"choice": None},
    {"links": ["https://example.com/1", "https://example.com/2"]},
)
_LIST: Bodies = (
    {"title": "Birthday"},
    {"policy": "status"},
    {"policy": "open"},
    {"policy": "surprise"},
    {"names_shown": False},
    {"is_public": True},
    {"reveal_at": "2026-12-24T18:00:00Z"},
    {"due_date": "2026-12-24"},
    {"reveal_on": "2026-12-24", "time_zone": "Europe/Berlin"},
    {"time_zone": "Pacific/Auckland"},
    {"guests_confirm": True},
    {"guests_identify": True},
    {"lapse_days": 7},
    {"secret_additions": "nobody"},
    {"suggestions_from": "members"},
    {"recipient_name": "Mia"},
)
_PRESS: Bodies = tuple(
    {"action": action} for action in ("reserve", "purchase", "release", "set_aside", "received", "unmark")
)
_CHIP: Bodies = ({"amount": 5}, {"amount": 0})
_RECIPIENTS: Bodies = (
    {"user_ids": ["{user_id}"]},
    {"user_ids": []},
    {"user_ids": ["{user_id}", "{user_id}"], "recipient_name": "Mia"},
)
_SHARE: Bodies = (
    {"email": "carol@example.com", "role": "editor"},
    {"email": "bob@example.com", "role": "viewer"},
)
_SHARE_WITH_GROUP: Bodies = (
    {"email": "carol@example.com"},
    {"email": "bob@example.com", "role": "admin"},
)

API: dict[str, Bodies] = {
    "": NOTHING,
    "auth/register": NOTHING,
    "auth/login": NOTHING,
    "auth/refresh": NOTHING,
    "auth/logout": NOTHING,
    "auth/ping": NOTHING,
    "auth/code": NOTHING,
    "auth/google": NOTHING,
    "auth/github": NOTHING,
    "auth/oidc/{provider_id}": NOTHING,
    "auth/code/confirm": NOTHING,
    "auth/password/reset": NOTHING,
    "auth/password/reset/confirm": NOTHING,
    "auth/resend-code": NOTHING,
    "auth/verify-email": NOTHING,
    "auth/passkey": NOTHING,
    "auth/passkey/options": NOTHING,
    "users/me/factors": NOTHING,
    "users/me/factors/app": NOTHING,
    "users/me/factors/app/confirm": NOTHING,
    "users/me/factors/recovery-codes": NOTHING,
    "users/me/factors/passkeys": NOTHING,
    "users/me/factors/passkeys/options": NOTHING,
    "users/me/factors/passkeys/{passkey_id}": NOTHING,
    "users/me/email": NOTHING,
    "users/me/email/confirm": NOTHING,
    "auth/password/change": NOTHING,
    "auth/token/session": NOTHING,
    "auth/avatar": NOTHING,
    "users/me/avatar": NOTHING,
    "auth/me": ({"display_name": "Ally"},),
    "users/me": ({"display_name": "Ally"}, {"avatar_url": "https://example.com/a.png"}),
    "users": ({"email": "zoe@example.com", "display_name": "Zoe"},),
    "users/{user_id}": NOTHING,
    "tenants": ({"name": "Us", "admin": {"email": "zoe@example.com", "display_name": "Zoe"}},),
    "tenants/{tenant_id}": ({"name": "We"},),
    "users/me/sessions": NOTHING,
    "users/me/sessions/{session_id}": NOTHING,
    "users/me/tokens": ({"name": "Script", "scopes": ["lists:read"]},),
    "users/me/tokens/{token_id}": NOTHING,
    "groups": ({"name": "Friends"},),
    "groups/{group_id}": ({"name": "Relatives"},),
    "groups/{group_id}/invite": ({"email": "carol@example.com"},),
    "groups/{group_id}/invitations": NOTHING,
    "groups/{group_id}/members": _SHARE_WITH_GROUP,
    "groups/{group_id}/members/{user_id}": ({"role": "admin"}, {"role": "member"}),
    "reports": NOTHING,
    "admin/reports": NOTHING,
    "admin/reports/{report_id}": ({"resolution": "resolved", "note": "Done"},),
    "admin/reports/{report_id}/hide": ({"reason": "asked to"},),
    "admin/reports/{report_id}/restore": ({"reason": "asked to"},),
    "admin/users": NOTHING,
    "admin/users/{user_id}/deactivate": ({"reason": "asked to"},),
    "admin/users/{user_id}/reactivate": ({"reason": "asked to"},),
    "admin/wishlists/{wishlist_id}/hide": ({"reason": "asked to"},),
    "admin/wishlists/{wishlist_id}/restore": ({"reason": "asked to"},),
    "admin/wishlists/{wishlist_id}/hand-over": ({"user_id": "{user_id}", "reason": "asked to"},),
    "admin/wishlists/{wishlist_id}/giving": ({"reason": "asked to"},),
    "users/me/notifications": (
        {
            "kinds": [
                {"kind": "question_asked", "email": "at_once"},
                {"kind": "item_changed", "in_app": False},
            ]
        },
        {"kinds": [{"kind": "wishlist_shared", "in_app": False, "push": False, "email": "off"}]},
    ),
    "users/me/feeds": NOTHING,
    "users/me/feeds/{link_id}": NOTHING,
    "users/me/push-subscriptions": (
        {
            "endpoint": "https://push.example.com/1",
            "keys": {"p256dh": BROWSER_KEY, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"},
        },
    ),
    "users/me/push-subscriptions/{subscription_id}": NOTHING,
    "push/key": NOTHING,
    "webhooks": ({"url": "https://example.com/hook"},),
    "webhooks/{webhook_id}": ({"is_active": False}, {"is_active": True}),
    "webhooks/{webhook_id}/deliveries": NOTHING,
    "users/me/export": NOTHING,
    "jobs": NOTHING,
    "jobs/{job_id}": NOTHING,
    "jobs/{job_id}/file": NOTHING,
    "notifications": NOTHING,
    "notifications/read-all": NOTHING,
    "notifications/{notification_id}/read": NOTHING,
    "wishlists": ({"title": "Another"},),
    "wishlists/reorder": ({"order": [{"id": "{wishlist}", "sort_order": 3}]},),
    "wishlists/{wishlist_id}": _LIST,
    "wishlists/{wishlist_id}/activity": NOTHING,
    "wishlists/{wishlist_id}/delete-impact": NOTHING,
    "wishlists/{wishlist_id}/items": _ITEM,
    "wishlists/{wishlist_id}/items/{item_id}": _ITEM,
    "wishlists/{wishlist_id}/members": NOTHING,
    "wishlists/{wishlist_id}/groups": (
        {"group_id": "{group_id}"},
        {"group_id": "{group_id}", "role": "editor"},
    ),
    "wishlists/{wishlist_id}/groups/{group_id}": NOTHING,
    "wishlists/{wishlist_id}/members/{user_id}": ({"role": "editor"},),
    "shopping-lists": ({"title": "Groceries"},),
    "shopping-lists/reorder": ({"order": [{"id": "{wishlist}", "sort_order": 3}]},),
    "shopping-lists/{wishlist_id}": _LIST,
    "shopping-lists/{wishlist_id}/activity": NOTHING,
    "shopping-lists/{wishlist_id}/delete-impact": NOTHING,
    "shopping-lists/{wishlist_id}/items": _ITEM,
    "shopping-lists/{wishlist_id}/items/{item_id}": _ITEM,
    "shopping-lists/{wishlist_id}/members": NOTHING,
    "shopping-lists/{wishlist_id}/members/{user_id}": ({"role": "editor"},),
    "shopping-lists/{wishlist_id}/shares": _SHARE,
    "shopping-lists/{wishlist_id}/shares/{user_id}": NOTHING,
    "wishlists/{wishlist_id}/shares": _SHARE,
    "wishlists/{wishlist_id}/shares/{user_id}": NOTHING,
    "wishlists/{wishlist_id}/invite": ({"email": "carol@example.com", "role": "viewer"},),
    "wishlists/{wishlist_id}/invitations": NOTHING,
    "invitations": NOTHING,
    "invitations/accept": ({"token": "{invitation}"},),
    "invitations/reject": ({"token": "{invitation}"},),
    "wishlists/{wishlist_id}/items/{item_id}/reservations": ({"units": 1}, {}),
    "wishlists/{wishlist_id}/items/{item_id}/contributions": _CHIP,
    "items/{item_id}": _ITEM,
    "wishlists/{wishlist_id}/items/{item_id}/waiting": NOTHING,
    "wishlists/{wishlist_id}/recipients": _RECIPIENTS,
    "wishlists/{wishlist_id}/who-sees": NOTHING,
    "wishlists/{wishlist_id}/collections": ({"item_id": "{item_id}", "target": 30}, {"target": 50}),
    "wishlists/{wishlist_id}/collections/{collection_id}": ({"target": 5}, {"note": "x"}),
    "wishlists/{wishlist_id}/pot/contributions": _CHIP,
    "wishlists/{wishlist_id}/activity.csv": NOTHING,
    "wishlists/{wishlist_id}/budget": ({"amount": 50, "currency": "EUR"},),
    "wishlists/{wishlist_id}/drafts": ({"title": "Tea"},),
    "wishlists/{wishlist_id}/drafts/{item_id}": ({"title": "Coffee"},),
    "wishlists/{wishlist_id}/drafts/{item_id}/show": NOTHING,
    "wishlists/{wishlist_id}/gifts": NOTHING,
    "wishlists/{wishlist_id}/items/{item_id}/messages": (
        {"lane": "questions", "text": "Any colour"},
        {"lane": "questions", "text": "Blue", "answer_to": "{message_id}"},
        {"lane": "givers", "text": "May I?"},
    ),
    "wishlists/{wishlist_id}/items/{item_id}/messages/{message_id}": NOTHING,
    "wishlists/{wishlist_id}/reveal": NOTHING,
    "wishlists/{wishlist_id}/thanks": NOTHING,
    "wishlists/{wishlist_id}/thanks/{giver_id}": ({"note": "Thanks", "ticked": True},),
    "wishlists/{wishlist_id}/thanks/{giver_id}/send": NOTHING,
    "contributions": NOTHING,
    "contributions/{contribution_id}": ({"amount": 2}, {"status": "paid"}),
    "waiting": NOTHING,
    "budgets": NOTHING,
    "presets": NOTHING,
    "exchanges": ({"title": "Christmas", "participants": [{"name": "Gran"}]},),
    "exchanges/{exchange_id}": NOTHING,
    "exchanges/{exchange_id}/draw": NOTHING,
    "exchanges/{exchange_id}/join-link": NOTHING,
    "exchanges/{exchange_id}/join": NOTHING,
    "exchanges/{exchange_id}/me": NOTHING,
    "exchanges/{exchange_id}/mine": NOTHING,
    "exchanges/{exchange_id}/participants": NOTHING,
    "exchanges/{exchange_id}/participants/{participant_id}": NOTHING,
    "exchanges/{exchange_id}/participants/{participant_id}/link": NOTHING,
    "exchanges/{exchange_id}/exclusions": NOTHING,
    "exchanges/{exchange_id}/exclusions/{exclusion_id}": NOTHING,
    "exchanges/invitation": NOTHING,
    "people": (),
    "people/bulk": ({"items": [{"name": "Gran"}]},),
    "people/{person_id}": NOTHING,
    "people/{person_id}/restore": NOTHING,
    "reservations": NOTHING,
    "reservations.csv": NOTHING,
    "reservations/checkout": ({"ids": ["{reservation_id}"]},),
    "reservations/{reservation_id}": ({"units": 2}, {"status": "purchased"}),
    "metadata": NOTHING,
    "wishlists/{wishlist_id}/public-link": ({}, {"max_views": 5}),
    "wishlists/{wishlist_id}/suggestions": ({"title": "Tea"},),
    "wishlists/{wishlist_id}/suggestions/{suggestion_id}/accept": NOTHING,
    "wishlists/{wishlist_id}/suggestions/{suggestion_id}/reject": NOTHING,
    "public/wishlists": NOTHING,
    "public/wishlists/items/{item_id}": _ITEM[6:9],
    "public/wishlists/items/{item_id}/contributions": _CHIP,
    "public/wishlists/items/{item_id}/messages": ({"lane": "questions", "text": "Which size?"},),
    "public/wishlists/items/{item_id}/messages/{message_id}": NOTHING,
    "public/wishlists/items/{item_id}/waiting": ({}, {"guest_name": "Grandma"}),
    "public/wishlists/suggestions": ({"title": "Tea"},),
    "public/reservations": NOTHING,
    "public/reservations/{reservation_id}": ({"stage": "ordered"},),
    "public/guests/code": NOTHING,
    "public/guests/confirm": ({"code": "123456"},),
    "public/guests/manage-link": NOTHING,
    "public/guests/take-over": NOTHING,
    "public/guests/name": ({"guest_name": "Gran"},),
    "public/collections": NOTHING,
    "public/who-sees": NOTHING,
    "public/guests": ({"guest_name": "Ally"},),
    "public/contributions": NOTHING,
    "public/contributions/{contribution_id}": ({"amount": 2},),
    "public/pot/contributions": _CHIP,
    "wishlists/{wishlist_id}/events": NOTHING,
    "inbox/events": NOTHING,
    "public/events": NOTHING,
}
"""Under /api/v1. Each is requested with every method. `?token=` is sent as `query_of` says."""

PAGES: dict[str, Bodies] = {
    "": NOTHING,
    "login": NOTHING,
    "register": NOTHING,
    "account": ({"display_name": "Ally"},),
    "account/reading": ({"time_zone": "Pacific/Auckland"}, {"language": "de"}),
    "account/password": NOTHING,
    "account/email": NOTHING,
    "account/email/confirm": NOTHING,
    "account/connections": NOTHING,
    "account/connections/{provider_id}/add": NOTHING,
    "account/connections/{provider_id}/go": NOTHING,
    "account/connections/{connection_id}/remove": NOTHING,
    "login/oidc/{provider_id}/callback": NOTHING,
    "login/github/callback": NOTHING,
    "account/security": NOTHING,
    "account/security/app": NOTHING,
    "account/security/app/remove": NOTHING,
    "account/security/passkeys": NOTHING,
    "account/security/passkeys/{passkey_id}/remove": NOTHING,
    "account/security/recovery-codes": NOTHING,
    "account/security/recovery-codes/new": NOTHING,
    "login/code": NOTHING,
    "login/code/confirm": NOTHING,
    "login/passkey": NOTHING,
    "login/passkey/options": NOTHING,
    "login/second-factor": NOTHING,
    "password/reset": NOTHING,
    "password/reset/confirm": NOTHING,
    "verify-email": NOTHING,
    "verify-email/resend": NOTHING,
    "account/export": NOTHING,
    "account/jobs": NOTHING,
    "account/jobs/{job_id}": NOTHING,
    "account/jobs/{job_id}/cancel": NOTHING,
    "account/jobs/{job_id}/file": NOTHING,
    "account/jobs/{job_id}/file/delete": NOTHING,
    "account/sessions": NOTHING,
    "account/sessions/{session_id}": NOTHING,
    "account/notifications": NOTHING,
    "account/notifications/{group}": (
        {"email_question_asked": "at_once", "in_app_question_asked": "on", "push_question_asked": "on"},
        {"email_wishlist_shared": "off"},
    ),
    "account/push": (
        {"endpoint": "https://push.example.com/2", "p256dh": BROWSER_KEY, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"},
    ),
    "account/push/off": ({"endpoint": "https://push.example.com/2"},),
    "account/feeds": ({"kind": "calendar"}, {"kind": "news"}),
    "account/feeds/{link_id}/revoke": NOTHING,
    "account/webhooks": ({"url": "https://example.com/hook", "wishlist": ""},),
    "account/webhooks/{webhook_id}": NOTHING,
    "account/webhooks/{webhook_id}/turn": ({"is_active": "false"}, {"is_active": "true"}),
    "account/webhooks/{webhook_id}/delete": NOTHING,
    "unsubscribe-guest/{token}": NOTHING,
    "unsubscribe-guest/{token}/undo": NOTHING,
    "unsubscribe/{token}/{scope}": NOTHING,
    "unsubscribe/{token}/{scope}/undo": NOTHING,
    "calendar/{secret}.ics": NOTHING,
    "feeds/{secret}.atom": NOTHING,
    "account/tokens": ({"name": "Script", "scopes": "lists:read", "days": "90"},),
    "account/tokens/{token_id}/revoke": NOTHING,
    "account/picture": NOTHING,
    "account/picture/remove": NOTHING,
    "set-password/{token}": ({"password": "another password"},),
    "keep-address/{token}": NOTHING,
    "users": ({"display_name": "Zoe", "email": "zoe@example.com", "tenant_role": "member"},),
    "users/{user_id}": NOTHING,
    "users/{user_id}/activity": ({"active": "1"},),
    "tenants": ({"name": "Us", "admin_name": "Zoe", "admin_email": "zoe@example.com"},),
    "tenants/{tenant_id}": NOTHING,
    "tenants/{tenant_id}/activity": ({"active": "1"},),
    "inbox": NOTHING,
    "inbox/read": NOTHING,
    "inbox/{notification_id}/read": NOTHING,
    "dev/mail": NOTHING,
    "dev/mail/{name}": NOTHING,
    "demo/{who}": NOTHING,
    "exchanges": ({"title": "Christmas", "names": "Gran", "currency": "EUR"},),
    "exchanges/{exchange_id}": NOTHING,
    "exchanges/{exchange_id}/edit": NOTHING,
    "exchanges/{exchange_id}/delete": NOTHING,
    "exchanges/{exchange_id}/draw": NOTHING,
    "exchanges/{exchange_id}/join": NOTHING,
    "exchanges/{exchange_id}/people": NOTHING,
    "exchanges/{exchange_id}/people/{participant_id}/remove": NOTHING,
    "exchanges/{exchange_id}/people/{participant_id}/link": NOTHING,
    "exchanges/{exchange_id}/people/{participant_id}/qr.svg": NOTHING,
    "exchanges/{exchange_id}/qr.svg": NOTHING,
    "exchanges/{exchange_id}/exclusions": NOTHING,
    "exchanges/{exchange_id}/exclusions/{exclusion_id}/remove": NOTHING,
    "exchanges/{exchange_id}/mine": NOTHING,
    "exchanges/{exchange_id}/me": NOTHING,
    "exchanges/{exchange_id}/leave": NOTHING,
    "j/{token}": NOTHING,
    "x/{token}": NOTHING,
    "x/{token}/show": NOTHING,
    "x/{token}/code": NOTHING,
    "x/{token}/wishes": NOTHING,
    "x/{token}/leave": NOTHING,
    "people": NOTHING,
    "people/{person_id}": NOTHING,
    "people/{person_id}/list": NOTHING,
    "people/{person_id}/remove": NOTHING,
    "people/{person_id}/restore": NOTHING,
    "gifts": NOTHING,
    "gifts.csv": NOTHING,
    "gifts/checkout": ({"ids": "{reservation_id}"}, {"ids": "{reservation_id}", "year": "2026"}),
    "gifts/{reservation_id}": ({"action": "release"}, {"stage": "ordered"}),
    "gifts/waiting/{item_id}": NOTHING,
    "groups": NOTHING,
    "groups/{group_id}": NOTHING,
    "groups/{group_id}/name": NOTHING,
    "groups/{group_id}/invite": _SHARE_WITH_GROUP,
    "groups/{group_id}/people": _SHARE_WITH_GROUP,
    "groups/{group_id}/people/{user_id}": ({"action": "admin"}, {"action": "member"}, {"action": "remove"}),
    "groups/{group_id}/delete": NOTHING,
    "lists/{wishlist_id}/groups": ({"group_id": "{group_id}", "role": "editor"},),
    "lists/{wishlist_id}/groups/{group_id}/remove": NOTHING,
    "lists": ({"title": "Another"},),
    "lists/{wishlist_id}": NOTHING,
    "lists/{wishlist_id}/settings": (
        {"title": "Birthday", "policy": "open", "names_shown": "on"},
        {"title": "Birthday", "policy": "surprise"},
    ),
    "lists/{wishlist_id}/recipients": ({"recipients": "{user_id}"}, {}),
    "g": NOTHING,
    "g/{token}": NOTHING,
    "g/{token}/code": NOTHING,
    "g/{token}/confirm": ({"code": "123456"},),
    "g/{token}/gifts/{reservation_id}": ({"action": "release"},),
    "g/{token}/line/{item_id}": NOTHING,
    "g/{token}/mail": NOTHING,
    "g/{token}/take-over": NOTHING,
    "g/{token}/name": ({"name": "Gran"},),
    "g/{token}/money/{contribution_id}": ({"action": "withdraw"},),
    "g/{token}/news": ({}, {"wanted": "1"}),
    "lists/{wishlist_id}/drafts/{item_id}": ({"action": "show"},),
    "lists/{wishlist_id}/collecting": ({"item": "{item_id}", "currency": "EUR", "target": "30"},),
    "lists/{wishlist_id}/collecting/{collection_id}": ({"amount": "5"}, {"rest": "on"}),
    "lists/{wishlist_id}/collecting/{collection_id}/end": NOTHING,
    "lists/{wishlist_id}/contributions/{contribution_id}": ({"action": "paid"}, {"action": "withdraw"}),
    "lists/{wishlist_id}/gifts": NOTHING,
    "lists/{wishlist_id}/gifts/{giver_id}": ({"note": "Thanks"},),
    "lists/{wishlist_id}/items/{item_id}/talk": (
        {"lane": "questions", "text": "Any"},
        {"lane": "givers", "text": "May I?"},
    ),
    "lists/{wishlist_id}/items/{item_id}/talk/{message_id}/remove": NOTHING,
    "lists/{wishlist_id}/reveal": NOTHING,
    "lists/{wishlist_id}/budget": (
        {"amount": "50", "currency": "EUR"},
        {"amount": "50", "currency": "EUR", "initial-currency": "EUR"},
    ),
    "lists/{wishlist_id}/log": NOTHING,
    "lists/{wishlist_id}/members": NOTHING,
    "lists/{wishlist_id}/things": NOTHING,
    "lists/{wishlist_id}/things/{item_id}/tick": ({"action": "received"}, {"action": "unmark"}),
    "lists/{wishlist_id}/items": ({"title": "Tea", "currency": "EUR", "quantity": "2"},),
    "lists/{wishlist_id}/items/{item_id}": _PRESS,
    "lists/{wishlist_id}/items/{item_id}/chip-in": ({"amount": "5"},),
    "lists/{wishlist_id}/items/{item_id}/edit": (
        {"title": "Tea", "currency": "EUR", "quantity": "1"},
        {"title": "Tea", "currency": "USD", "quantity": "", "price": "7"},
    ),
    "lists/{wishlist_id}/items/{item_id}/move": ({"to": "up"}, {"to": "down"}),
    "lists/{wishlist_id}/items/{item_id}/remove": NOTHING,
    "lists/{wishlist_id}/items/{item_id}/restore": NOTHING,
    "join/{invitation}": NOTHING,
    "join/{invitation}/decline": NOTHING,
    "join/{invitation}/register": NOTHING,
    "s/{token}": NOTHING,
    "s/{token}/open": NOTHING,
    "s/{token}/name": ({"name": "Ally"},),
    "s/{token}/suggest": ({"title": "Tea"},),
    "s/{token}/collecting": NOTHING,
    "s/{token}/collecting/pot": ({"amount": "5"},),
    "s/{token}/collecting/{collection_id}": ({"amount": "5"}, {"rest": "on"}),
    "s/{token}/contributions/{contribution_id}": ({"action": "paid"}, {"action": "withdraw"}),
    "s/{token}/items/{item_id}": _PRESS,
    "s/{token}/items/{item_id}/chip-in": ({"amount": "5"},),
    "s/{token}/items/{item_id}/talk": ({"lane": "questions", "text": "Any"},),
    "s/{token}/items/{item_id}/talk/{message_id}/remove": NOTHING,
    "lists/{wishlist_id}/sharing": NOTHING,
    "lists/{wishlist_id}/link": ({}, {"max_views": "5"}),
    "lists/{wishlist_id}/link/revoke": NOTHING,
    "lists/{wishlist_id}/link/qr.svg": NOTHING,
    "lists/{wishlist_id}/people": _SHARE,
    "lists/{wishlist_id}/people/{user_id}/remove": NOTHING,
    "lists/{wishlist_id}/report": ({"reason": "spam"},),
    "lists/{wishlist_id}/items/{item_id}/report": ({"reason": "abuse"},),
    "lists/{wishlist_id}/items/{item_id}/talk/{message_id}/report": ({"reason": "abuse"},),
    "lists/{wishlist_id}/members/{user_id}/report": ({"reason": "fraud"},),
    "s/{token}/report": ({"reason": "spam"},),
    "s/{token}/items/{item_id}/report": ({"reason": "abuse"},),
    "s/{token}/items/{item_id}/talk/{message_id}/report": ({"reason": "abuse"},),
    "s/{token}/owner/report": ({"reason": "fraud"},),
    "lists/{wishlist_id}/people/{user_id}/role": ({"role": "editor"}, {"role": "viewer"}),
    "lists/{wishlist_id}/invite": NOTHING,
    "lists/{wishlist_id}/invitations/revoke": NOTHING,
    "lists/{wishlist_id}/leave": NOTHING,
    "lists/{wishlist_id}/suggestions": ({"title": "Tea"},),
    "lists/{wishlist_id}/suggestions/{suggestion_id}": ({"answer": "accept"}, {"answer": "reject"}),
}
"""Requested with the recipient's session cookie."""

FORMS: dict[str, tuple[type[forms.BaseForm], ...]] = {
    "login": (account_forms.LoginForm,),
    "register": (account_forms.RegisterForm,),
    "account": (account_forms.NameForm,),
    "account/reading": (account_forms.ReadingForm,),
    "account/tokens": (account_forms.NewTokenForm,),
    "users": (tenant_forms.NewPersonForm,),
    "users/{user_id}": (tenant_forms.PersonForm,),
    "tenants": (tenant_forms.NewTenantForm,),
    "tenants/{tenant_id}": (tenant_forms.TenantForm,),
    "join/{invitation}/register": (account_forms.RegisterForm,),
    "account/feeds": (notice_forms.FeedForm,),
    "account/push": (notice_forms.PushForm,),
    "g": (guests.TokenForm,),
    "g/{token}/confirm": (guests.CodeForm,),
    "g/{token}/gifts/{reservation_id}": (my_gifts.GiftForm,),
    "g/{token}/money/{contribution_id}": (guests.MoneyForm,),
    "g/{token}/name": (guests.RenameForm,),
    "gifts/checkout": (my_gifts.CheckoutForm,),
    "gifts/{reservation_id}": (my_gifts.GiftForm,),
    "groups": (groups.NewGroupForm,),
    "groups/{group_id}/name": (groups.GroupNameForm,),
    "groups/{group_id}/invite": (groups.GroupPersonForm,),
    "groups/{group_id}/people": (groups.GroupPersonForm,),
    "lists/{wishlist_id}/things": (shared_lists.ThingForm,),
    "exchanges": (exchanges.NewExchangeForm,),
    "exchanges/{exchange_id}/edit": (exchanges.ExchangeForm,),
    "exchanges/{exchange_id}/people": (exchanges.ParticipantForm,),
    "exchanges/{exchange_id}/exclusions": (exchanges.ExclusionForm,),
    "exchanges/{exchange_id}/me": (exchanges.OneselfForm,),
    "j/{token}": (exchanges.JoinForm,),
    "x/{token}/show": (exchanges.ShowForm,),
    "x/{token}/code": (exchanges.LinkCodeForm,),
    "people": (people.PersonForm,),
    "people/{person_id}": (people.PersonEditForm,),
    "lists": (lists.NewListForm,),
    "lists/{wishlist_id}/settings": (lists.ListForm, lists.OwnListForm),
    "lists/{wishlist_id}/recipients": (lists.RecipientsForm,),
    "lists/{wishlist_id}/drafts/{item_id}": (lists.ItemEditForm,),
    "lists/{wishlist_id}/collecting": (collections.CollectForm,),
    "lists/{wishlist_id}/collecting/{collection_id}": (collections.FundForm,),
    "lists/{wishlist_id}/gifts/{giver_id}": (reveal.ThanksForm,),
    "lists/{wishlist_id}/items/{item_id}/talk": (messages.TalkForm,),
    "lists/{wishlist_id}/budget": (my_gifts.BudgetForm,),
    "lists/{wishlist_id}/items": (lists.ItemForm,),
    "lists/{wishlist_id}/items/{item_id}": (lists.GiveForm,),
    "lists/{wishlist_id}/items/{item_id}/chip-in": (lists.ChipForm,),
    "lists/{wishlist_id}/items/{item_id}/edit": (lists.ItemEditForm, alternatives.ChoiceForm),
    "s/{token}/name": (guests.NameForm,),
    "s/{token}/suggest": (sharing.SuggestForm,),
    "s/{token}/collecting/pot": (guests.GuestFundForm,),
    "s/{token}/collecting/{collection_id}": (guests.GuestFundForm,),
    "s/{token}/items/{item_id}": (lists.GiveForm,),
    "s/{token}/items/{item_id}/chip-in": (lists.ChipForm,),
    "s/{token}/items/{item_id}/talk": (messages.TalkForm,),
    "lists/{wishlist_id}/link": (sharing.LinkForm,),
    "lists/{wishlist_id}/people": (lists.ShareForm,),
    "lists/{wishlist_id}/report": (ReportForm,),
    "s/{token}/report": (ReportForm,),
    "lists/{wishlist_id}/invite": (lists.ShareForm,),
}
"""The forms of pages. Bodies are made from them, in addition to those above."""

FORMS_UNSENT = {
    groups.ShareWithGroupForm: "its groups are those of the person who opens the page; PAGES has a body",
    account_forms.PasswordForm: "ends all sessions, so the recipient would be logged out",
    account_forms.SetPasswordForm: "needs a link from a mail, which is not sent here",
    account_forms.PictureForm: "an upload of the recipient's own picture",
    tenant_forms.FindPeopleForm: "a search, sent with GET",
    notice_forms.GroupForm: "its fields are those of a group of kinds; PAGES has bodies",
    webhook_forms.NewWebhookForm: "its lists are those of its user; PAGES has bodies",
    account_forms.LeaveForm: "deletes the recipient; the page is in LAST",
    sign_in_forms.AddressForm: "asks for a code, the same for everybody",
    sign_in_forms.AddressCodeForm: "a code that nobody here was mailed",
    sign_in_forms.ResetForm: "a code that nobody here was mailed",
    sign_in_forms.NewAddressForm: "asks for a code",
    sign_in_forms.OneCodeForm: "a code that nobody here was mailed",
    sign_in_forms.SecondFactorForm: "nobody here has one",
    sign_in_forms.OwnPasswordForm: "nobody here has a second factor to remove",
    sign_in_forms.AppCodeForm: "a code of an app that nobody here has",
    sign_in_forms.PasskeyForm: "the answer of a device",
    sign_in_forms.CredentialForm: "the answer of a device",
}
FIELDS_UNSENT = {
    ("users/me/avatar", "file"): "an upload of the recipient's own picture",
    ("auth/avatar", "file"): "an upload of the recipient's own picture",
    ("wishlists/{wishlist_id}/reveal", "confirm"): "reveals the gifts, so nothing is secret afterwards",
}

PRESSED = {
    "account/sessions/{session_id}",
    "account/tokens/{token_id}/revoke",
    "account/feeds/{link_id}/revoke",
    "account/notifications/{group}",
    "account/push",
    "account/webhooks/{webhook_id}/turn",
    "account/webhooks/{webhook_id}/delete",
    "account/push/off",
    "unsubscribe/{token}/{scope}/undo",
    "unsubscribe-guest/{token}/undo",
    "account/picture/remove",
    "account/reading",
    "users/{user_id}/activity",
    "tenants/{tenant_id}/activity",
    "account/jobs/{job_id}/cancel",
    "account/jobs/{job_id}/file/delete",
    "g/{token}/code",
    "g/{token}/confirm",
    "g/{token}/gifts/{reservation_id}",
    "g/{token}/line/{item_id}",
    "g/{token}/mail",
    "g/{token}/take-over",
    "g/{token}/name",
    "g/{token}/money/{contribution_id}",
    "g/{token}/news",
    "lists/{wishlist_id}/collecting/{collection_id}",
    "lists/{wishlist_id}/collecting/{collection_id}/end",
    "lists/{wishlist_id}/contributions/{contribution_id}",
    "lists/{wishlist_id}/drafts/{item_id}",
    "lists/{wishlist_id}/gifts/{giver_id}",
    "lists/{wishlist_id}/items/{item_id}/talk",
    "lists/{wishlist_id}/items/{item_id}/talk/{message_id}/remove",
    "s/{token}/items/{item_id}/talk",
    "s/{token}/items/{item_id}/talk/{message_id}/remove",
    "gifts/checkout",
    "gifts/{reservation_id}",
    "gifts/waiting/{item_id}",
    "lists/{wishlist_id}/budget",
    "exchanges/{exchange_id}/delete",
    "exchanges/{exchange_id}/draw",
    "exchanges/{exchange_id}/join",
    "exchanges/{exchange_id}/people",
    "exchanges/{exchange_id}/people/{participant_id}/remove",
    "exchanges/{exchange_id}/exclusions",
    "exchanges/{exchange_id}/exclusions/{exclusion_id}/remove",
    "exchanges/{exchange_id}/me",
    "exchanges/{exchange_id}/leave",
    "x/{token}/show",
    "x/{token}/code",
    "x/{token}/wishes",
    "x/{token}/leave",
    "people/{person_id}/list",
    "people/{person_id}/remove",
    "people/{person_id}/restore",
    "inbox/read",
    "inbox/{notification_id}/read",
    "lists/{wishlist_id}/items",
    "lists/{wishlist_id}/items/{item_id}",
    "lists/{wishlist_id}/items/{item_id}/chip-in",
    "lists/{wishlist_id}/items/{item_id}/move",
    "lists/{wishlist_id}/items/{item_id}/remove",
    "lists/{wishlist_id}/items/{item_id}/restore",
    "join/{invitation}/decline",
    "s/{token}/open",
    "s/{token}/name",
    "s/{token}/suggest",
    "s/{token}/collecting/pot",
    "s/{token}/collecting/{collection_id}",
    "s/{token}/contributions/{contribution_id}",
    "s/{token}/items/{item_id}",
    "s/{token}/items/{item_id}/chip-in",
    "lists/{wishlist_id}/things",
    "lists/{wishlist_id}/things/{item_id}/tick",
    "groups/{group_id}/invite",
    "groups/{group_id}/name",
    "groups/{group_id}/people",
    "groups/{group_id}/people/{user_id}",
    "groups/{group_id}/delete",
    "lists/{wishlist_id}/groups",
    "lists/{wishlist_id}/groups/{group_id}/remove",
    "lists/{wishlist_id}/link",
    "lists/{wishlist_id}/link/revoke",
    "lists/{wishlist_id}/people",
    "lists/{wishlist_id}/people/{user_id}/remove",
    "lists/{wishlist_id}/people/{user_id}/role",
    "lists/{wishlist_id}/invite",
    "lists/{wishlist_id}/invitations/revoke",
    "lists/{wishlist_id}/leave",
    "lists/{wishlist_id}/suggestions",
    "lists/{wishlist_id}/suggestions/{suggestion_id}",
}
"""Pages that only take a POST."""

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")

SAME_FOR_ALL = {
    "avatars/{avatar_id}.webp": "a picture of somebody, shown to everybody",
    "health": "the state of the server",
    "api/schema": "a document",
    "api/asyncapi": "a document",
    "docs": "a document",
    "docs/ws": "a document",
    "redoc": "a document",
    "api": "no such page",
    "api/{rest}": "no such page",
    "s/{rest}": "redirects to the address without the rest",
    "g/{rest}": "redirects to the address without the rest",
}
LAST = {
    "account/sessions/others": "the recipient is logged out",
    "account/delete": "the recipient is deleted",
    "logout": "the recipient is logged out",
    "lists/{wishlist_id}/delete": "the list is deleted",
}
"""Pages that end a script."""

LAST_CALLS = {
    ("DELETE", "users/me"),
    ("DELETE", "auth/me"),
    ("DELETE", "users/me/sessions"),
    ("DELETE", "wishlists/{wishlist_id}"),
}


def query_of(path: str) -> str:
    """Return the query with which an API route is read: the token of the list's link, or of an invitation."""
    if path == "invitations":
        return "?token={invitation}"
    return "?token={token}" if path.startswith("public/") else ""


def spelled(address: str) -> str:
    """Return `lists/<uuid:wishlist_id>` as `lists/{wishlist_id}`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)


def all_routes() -> set[str]:
    """Return the routes of the URL table without the admin's, which `admin_routes` returns."""
    return {
        spelled(address) for address in _walk(get_resolver().url_patterns) if not address.startswith("admin/")
    }


@cache
def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods that the view of an API route supports."""
    address = "/api/v1/" + re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path)
    view: Any = resolve(address.removesuffix("/")).func
    actions = getattr(view, "actions", None)
    offered = actions or [
        name for name in view.view_class.http_method_names if hasattr(view.view_class, name)
    ]
    return tuple(method for method in METHODS if method.lower() in offered)


@cache
def input_of(method: str, path: str) -> type[BaseSerializer[Any]] | None:
    """Return the input serializer of an API route, if it has one."""
    address = "/api/v1/" + re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path)
    function: Any = resolve(address.removesuffix("/")).func
    view = getattr(function, "cls", None) or function.view_class
    if not hasattr(view, "get_serializer_class"):
        return None
    asked = view(**getattr(function, "initkwargs", {}))
    asked.action = (getattr(function, "actions", None) or {}).get(method.lower())
    found: type[BaseSerializer[Any]] = asked.get_serializer_class()
    return found if fields_of(found) else None


@cache
def api_bodies(method: str, path: str) -> Bodies:
    """Return the bodies that recipients send: those of the table, and those made from the serializer."""
    source = input_of(method, path) if method in methods_of(path) else None
    unsent = frozenset(name for route, name in FIELDS_UNSENT if route == path)
    made = bodies(source, WORD, apart_from=unsent) if source is not None and method != "DELETE" else ()
    return (*API[path], *made)


@cache
def page_bodies(path: str) -> Bodies:
    return (*PAGES[path], *(body for form in FORMS.get(path, ()) for body in bodies(form, WORD)))


def known_routes() -> set[str]:
    api = {f"api/v1/{path}".removesuffix("/") for path in API}
    return api | set(PAGES) | set(SAME_FOR_ALL) | set(LAST)


def admin_routes() -> list[str]:
    """Return all admin pages that superusers may open: `admin/wishlists/item/{object_id}/change/` and the like."""
    found = [
        spelled(address) for address in _walk(get_resolver().url_patterns) if address.startswith("admin/")
    ]
    return [address for address in found if not address.startswith(("admin/login", "admin/logout"))]


def admin_actions(address: str) -> list[str]:
    """Return the actions of a changelist `admin/<app>/<model>/`."""
    parts = address.strip("/").split("/")
    for model, site in admin.site._registry.items():
        if parts[1:] == [model._meta.app_label, model._meta.model_name]:
            return action_names(site)
    return []


def action_names(model_admin: admin.ModelAdmin[Any]) -> list[str]:
    return [str(getattr(action, "__name__", action)) for action in model_admin.actions or ()]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        found += _walk(pattern.url_patterns, address) if isinstance(pattern, URLResolver) else [address]
    return found
