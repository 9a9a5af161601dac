"""Services for pictures of users: upload, remove, and renew their addresses.

Everybody who knows the address of a picture can see it, because guests see pictures too. It contains 122 random bits, and a new
picture has a new address.
"""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from accounts.models import Avatar, User
from core.db.change import change, lock
from core.limits.rate_limits import PICTURES, refuse_beyond
from core.pictures.remaking import Square, remade


def upload_avatar(*, user: User, upload: UploadedFile, square: Square = Square()) -> User:  # noqa: B008 - a frozen value
    """Replace the user's picture. Raises PictureRefused, PictureTooLarge, PicturesBusy or RateLimited.

    The picture is made before a change is opened, because that takes up to some seconds.
    """
    refuse_beyond(PICTURES, user.pk)
    webp = remade(upload, square)
    with change():
        return _replace(user, webp)


@change()
def remove_avatar(*, user: User) -> User:
    """Remove the user's picture, uploaded or not. Without one this changes nothing."""
    return _replace(user, None)


def _replace(user: User, webp: bytes | None) -> User:
    user = lock(User.objects.filter(pk=user.pk)).get()
    Avatar.objects.filter(user=user).delete()
    address = address_of(Avatar.objects.create(user=user, webp=webp)) if webp else ""
    if address != user.avatar_url:
        user.avatar_url = address
        user.save(update_fields=["avatar_url"])
    return user


def forget_replaced_avatar(user: User) -> None:
    """Delete the uploaded picture if `avatar_url` no longer names it."""
    for avatar in Avatar.objects.filter(user=user).select_related("user").defer("webp"):
        if not is_in_use(avatar):
            avatar.delete()


def address_of(avatar: Avatar) -> str:
    """Return the address of an uploaded picture, for browsers and clients anywhere."""
    return f"{settings.SITE_URL}{path_of(avatar)}"


def is_in_use(avatar: Avatar) -> bool:
    """Return whether it is still the picture of its user, who may have another one by now, or none."""
    return avatar.user.avatar_url.endswith(path_of(avatar))


def path_of(avatar: Avatar) -> str:
    return reverse("avatar", args=[avatar.pk])


def renew_addresses() -> int:
    """Correct the addresses of uploaded pictures after SITE_URL has changed, and return their number.

    Clients read them anew with the next answer, so nothing is pushed.
    """
    uploaded = Avatar.objects.select_related("user").defer("webp")
    stale = [
        avatar
        for avatar in uploaded.iterator()
        if is_in_use(avatar) and avatar.user.avatar_url != address_of(avatar)
    ]
    for avatar in stale:
        User.objects.filter(pk=avatar.user_id).update(avatar_url=address_of(avatar))
    return len(stale)
