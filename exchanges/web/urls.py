"""Pages of exchanges. No trailing slashes."""

from django.urls import path

from exchanges.web.views import exchanges, links

_ONE = "exchanges/<uuid:exchange_id>"
_PLACE = f"{_ONE}/people/<uuid:participant_id>"

urlpatterns = [
    path("exchanges", exchanges.exchanges, name="exchanges"),
    path(_ONE, exchanges.one_exchange, name="exchange"),
    path(f"{_ONE}/edit", exchanges.exchange_edit, name="exchange-edit"),
    path(f"{_ONE}/delete", exchanges.exchange_delete, name="exchange-delete"),
    path(f"{_ONE}/draw", exchanges.exchange_draw, name="exchange-draw"),
    path(f"{_ONE}/join", exchanges.exchange_join_oneself, name="exchange-join-oneself"),
    path(f"{_ONE}/people", exchanges.exchange_add, name="exchange-add"),
    path(f"{_PLACE}/remove", exchanges.exchange_remove, name="exchange-remove"),
    path(f"{_PLACE}/link", exchanges.exchange_link, name="exchange-link"),
    path(f"{_PLACE}/qr.svg", exchanges.exchange_qr, name="exchange-private-qr"),
    path(f"{_ONE}/qr.svg", exchanges.exchange_qr, name="exchange-qr"),
    path(f"{_ONE}/exclusions", exchanges.exchange_exclude, name="exchange-exclude"),
    path(f"{_ONE}/exclusions/<uuid:exclusion_id>/remove", exchanges.exchange_allow, name="exchange-allow"),
    path(f"{_ONE}/mine", exchanges.exchange_mine, name="exchange-mine-page"),
    path(f"{_ONE}/me", exchanges.exchange_me, name="exchange-me-page"),
    path(f"{_ONE}/leave", exchanges.exchange_leave, name="exchange-leave"),
    path("j/<str:token>", links.invited, name="exchange-invited"),
    path("x/<str:token>", links.private, name="exchange-private"),
    path("x/<str:token>/show", links.private_show, name="exchange-show"),
    path("x/<str:token>/code", links.private_code, name="exchange-code"),
    path("x/<str:token>/wishes", links.private_wishes, name="exchange-wishes"),
    path("x/<str:token>/leave", links.private_leave, name="exchange-private-leave"),
]
