"""Upload and crop a picture in a real browser."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import Avatar, User
from tests.in_browser.conftest import OpenWindow

pytestmark = pytest.mark.once


def two_colours() -> bytes:
    picture = Image.new("RGB", (800, 400), "red")
    picture.paste("blue", (400, 0, 800, 400))
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def choose(page: Page) -> None:
    file = {"name": "me.png", "mimeType": "image/png", "buffer": two_colours()}
    page.get_by_label("Picture", exact=True).set_input_files(file)  # type: ignore[arg-type]


def kept() -> tuple[int, ...]:
    picture = Image.open(io.BytesIO(bytes(Avatar.objects.get().webp))).convert("RGB").resize((1, 1))
    return tuple(picture.tobytes())


def test_dragged_picture_is_kept_as_it_was_shown(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account/picture", by=bob)
    choose(page)
    frame = page.locator("#crop")
    expect(frame).to_be_visible()
    box = frame.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 300, y, steps=5)  # to the left: the right half, which is blue, comes into view
    page.mouse.up()
    expect(page.get_by_label("Left or right")).to_have_value("1")
    page.get_by_role("button", name="Save picture").click()
    expect(page.get_by_text("Your picture was changed.")).to_be_visible()
    red, _green, blue = kept()
    assert blue > 200 > 60 > red


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_keyboard_alone_is_enough(scripts: bool, open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account/picture", by=bob, java_script_enabled=scripts)
    choose(page)
    page.get_by_label("Left or right").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Save picture").press("Enter")
    expect(page.get_by_text("Your picture was changed.")).to_be_visible()
    red, _green, blue = kept()
    assert red > 200 > 60 > blue
