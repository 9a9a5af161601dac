"""Make a new picture from an uploaded one: square, small, without metadata (G13).

An upload is never decoded in a server process. It goes to a process that the kernel ends after some seconds of processor
time or some hundred megabytes (decoder.py), so that no file can take the server's memory or time, and a fault in a decoder
meets nothing but one file.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal

MAX_UPLOAD = 5 * 1024 * 1024
AT_ONCE = 2
"""Pictures that a server process has decoded at the same time."""
PATIENCE = 10.0
"""Seconds that an upload waits for its turn, and then for the decoder."""
_turns = BoundedSemaphore(AT_ONCE)
DECODER = Path(__file__).with_name("decoder.py")
"""Not imported, because Pillow belongs into the other process only."""
TOO_LARGE = 4
"""How the decoder ends if it refuses a picture for its size."""


class PictureRefused(Refusal):
    status_code = 400
    default_code = "not_a_picture"
    default_detail = _("This file can't be read as a picture. Choose a JPEG, PNG or WebP picture.")


class PictureTooLarge(Refusal):
    status_code = 413
    default_code = "picture_too_large"
    default_detail = _("Choose a picture of at most 5 MB and 16 megapixels.")


class PicturesBusy(Refusal):
    status_code = 503
    default_code = "too_busy"
    default_detail = _("Many pictures are being uploaded right now. Try again in a few seconds.")
    wait = 5


@dataclass(frozen=True)
class Square:
    """The part of a picture that is kept. `zoom` 1 is the largest square; `left` and `top` are from 0 to 1."""

    zoom: float = 1.0
    left: float = 0.5
    top: float = 0.5


MAX_ZOOM = 4.0


def remade(upload: UploadedFile, square: Square = Square()) -> bytes:
    """Return a new WebP picture of 512 × 512 pixels. Raises PictureRefused, PictureTooLarge or PicturesBusy."""
    if (upload.size or 0) > MAX_UPLOAD:
        raise PictureTooLarge
    if not _turns.acquire(timeout=PATIENCE):
        raise PicturesBusy
    try:
        return _decoded(upload, square)
    finally:
        _turns.release()


def _decoded(upload: UploadedFile, square: Square) -> bytes:
    numbers = [str(number) for number in (square.zoom, square.left, square.top)]
    command = [sys.executable, "-I", str(DECODER), *numbers]
    with upload.open("rb") as file:
        content: bytes = file.read(MAX_UPLOAD + 1)
    try:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603 - our own command
            command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PictureRefused from error
    if done.returncode == TOO_LARGE:
        raise PictureTooLarge
    if done.returncode or not done.stdout:
        raise PictureRefused
    return done.stdout
