"""Uploaded pictures are refused or made anew, in bounded time and memory (G13)."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.pictures import decoder, remaking
from core.pictures.remaking import (
    MAX_UPLOAD,
    PictureRefused,
    PicturesBusy,
    PictureTooLarge,
    Square,
    remade,
)
from core.tests.pictures.hostile import (
    CANARY,
    clean_uploads,
    drawn,
    jpeg_of_many_scans,
    refused_uploads,
    saved,
)

pytestmark = pytest.mark.once


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", content, "image/jpeg")


def outcome(content: bytes) -> bytes | str:
    try:
        return remade(upload(content))
    except (PictureRefused, PictureTooLarge) as refusal:
        return str(refusal.get_codes())


@pytest.mark.slow
def test_every_hostile_file_is_refused_and_memory_is_bounded() -> None:
    files = refused_uploads()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with ThreadPoolExecutor(remaking.AT_ONCE) as pool:
        outcomes = dict(zip(files, pool.map(outcome, files.values()), strict=True))
    assert {name for name, answer in outcomes.items() if not isinstance(answer, str)} <= TOLERATED
    assert len(files) >= 40
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, f"{grown} KiB: decoded here?"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < decoder.MEMORY


TOLERATED = {
    "animation of 9,000 frames",
    "lines of a gigabyte",
    "profile of a gigabyte",
    "text of a gigabyte",
}
"""Bombs that the decoder steps over: only what is wanted is read, so a clean picture comes out."""


def test_what_remains_is_a_square_without_metadata() -> None:
    for name, content in clean_uploads().items():
        made = remade(upload(content))
        picture = Image.open(io.BytesIO(made))
        assert (picture.format, picture.size) == ("WEBP", (512, 512)), name
        assert {"exif", "icc_profile", "xmp"}.isdisjoint(picture.info), name
        assert CANARY not in made, name


def test_control_metadata_survives_a_picture_that_is_only_saved_again() -> None:
    content = clean_uploads()["jpeg with exif and comment"]
    picture = Image.open(io.BytesIO(content))
    assert CANARY in saved("JPEG", picture, exif=picture.getexif())


@pytest.mark.slow
def test_decoder_is_ended_after_its_processor_time() -> None:
    """A scan of a progressive JPEG has some bytes and costs as much as the picture: this file needs minutes."""
    begun = time.monotonic()
    with pytest.raises(PictureRefused):
        remade(upload(jpeg_of_many_scans()))
    assert time.monotonic() - begun < remaking.PATIENCE + 5


def test_picture_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: the left edge of the file is the top
    picture = Image.new("RGB", (80, 40), "red")
    picture.paste("blue", (40, 0, 80, 40))
    content = saved("PNG", picture, exif=exif)
    upper, lower = (
        Image.open(io.BytesIO(remade(upload(content), Square(top=top)))).resize((1, 1)).tobytes()
        for top in (0, 1)
    )
    assert upper[0] > 200 > 60 > upper[2], "red"
    assert lower[2] > 200 > 60 > lower[0], "blue"


@pytest.mark.parametrize(
    ("square", "expected"),
    [(Square(), 127), (Square(top=0), 62), (Square(zoom=4, top=0), 15), (Square(zoom=4, top=1), 239)],
)
def test_chosen_square_is_kept(square: Square, expected: int) -> None:
    """The picture gets brighter from top to bottom, so its mean says which part was kept."""
    tall = drawn((100, 200))
    made = Image.open(io.BytesIO(remade(upload(saved("PNG", tall)), square))).convert("L")
    mean = sum(made.resize((8, 8), Image.Resampling.BOX).tobytes()) / 64
    assert abs(mean - expected) < 6


def test_file_over_five_megabytes_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(PictureTooLarge):
        remade(upload(b"\0" * (MAX_UPLOAD + 1)))


def test_third_picture_at_once_waits_and_is_then_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remaking, "PATIENCE", 0.05)
    for _ in range(remaking.AT_ONCE):
        assert remaking._turns.acquire(blocking=False)
    try:
        with pytest.raises(PicturesBusy):
            remade(upload(saved("PNG")))
    finally:
        for _ in range(remaking.AT_ONCE):
            remaking._turns.release()


def test_server_process_never_loads_pillow() -> None:
    """Neither do its statuses differ, which are written down twice for that."""
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'wishlist_project.settings'; django.setup();"
        "import wishlist_project.urls; sys.exit('PIL' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert decoder.TOO_LARGE == remaking.TOO_LARGE
