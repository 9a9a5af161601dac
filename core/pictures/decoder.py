"""Decode a picture and make a new, square one. This file runs as a process of its own (remaking.py), without Django.

    python -I decoder.py ZOOM LEFT TOP < upload > new.webp

ZOOM is 1 for the largest square that fits, 3 for a third of its width. LEFT and TOP say where the square is, from 0 (the
left or upper edge) to 1. It ends with `NOT_A_PICTURE` or `TOO_LARGE` if it refuses, and the kernel ends it at its limits.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageCms, ImageOps

NOT_A_PICTURE, TOO_LARGE = 3, 4
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 16_000_000
SIDE = 512
PROCESSOR_SECONDS = 5
"""A JPEG of 5 MiB may have a hundred thousand scans, each of which costs as much as a whole picture."""
MEMORY = 768 * 1024 * 1024


class Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


def remade(upload: bytes, zoom: float, left: float, top: float) -> bytes:
    """Return the chosen square as WebP, turned as its camera says and without its metadata. Raises `Refused`."""
    picture = _opened(upload)
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(TOO_LARGE)
    # A JPEG can be decoded at half, a quarter or an eighth of its size, at a fraction of the cost.
    picture.draft(None, (round(SIDE * zoom), round(SIDE * zoom)))
    picture.load()
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    side = max(1, round(min(upright.size) / zoom))
    x, y = round((upright.width - side) * left), round((upright.height - side) * top)
    square = upright.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=(x, y, x + side, y + side))
    made = io.BytesIO()
    square.save(made, "WEBP", quality=82, method=4)
    return made.getvalue()


def _opened(upload: bytes) -> Image.Image:
    """Read the head of the file. Pillow's decoder of WebP makes room for the whole canvas at once, so its size comes first."""
    if upload[8:12] == b"WEBP" and _canvas_of_webp(upload) > MAX_PIXELS:
        raise Refused(TOO_LARGE)
    Image.MAX_IMAGE_PIXELS = None  # ours is lower, and no warning
    return Image.open(io.BytesIO(upload), formats=FORMATS)


def _canvas_of_webp(upload: bytes) -> int:
    """Return the number of pixels that the file's first chunk declares (RFC 9649, section 2.5 to 2.7)."""
    kind, body = upload[12:16], upload[20:30].ljust(10, b"\0")
    if kind == b"VP8X":
        return (int.from_bytes(body[4:7], "little") + 1) * (int.from_bytes(body[7:10], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    width, height = (int.from_bytes(body[start : start + 2], "little") & 0x3FFF for start in (6, 8))
    return width * height


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Convert colours, because the profile that explains them is not kept."""
    with_alpha = "A" in picture.getbands() or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGBA" if with_alpha else "RGB")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    zoom, left, top = map(float, sys.argv[1:4])
    try:
        made = remade(sys.stdin.buffer.read(), zoom, left, top)
    except Refused as refused:
        return refused.status
    except Exception:
        return NOT_A_PICTURE
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
