"""Uploads that want something: bombs, polyglots, other formats, broken files, and metadata that must not survive."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

CANARY = b"canary-9e1f"
"""Text that is hidden in the metadata of pictures that are otherwise fine."""

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def drawn(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    made = io.BytesIO()
    (picture or drawn()).save(made, kind, **options)
    return made.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes, body: bytes = b"", depth: int = 8, colour: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = png_chunk(b"IDAT", body or zlib.compress(b"\0" * 1000))
    return PNG_HEAD + png_chunk(b"IHDR", head) + b"".join(chunks) + data + png_chunk(b"IEND", b"")


def webp_canvas(width: int, height: int) -> bytes:
    body = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    frame = b"ANMF" + struct.pack("<I", 16) + b"\0" * 16
    return b"RIFF" + struct.pack("<I", 4 + len(chunk) + len(frame)) + b"WEBP" + chunk + frame


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header says another size."""
    content = bytearray(saved("JPEG"))
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG whose last scan is repeated until the file has 5 MB. Each costs a walk over the whole picture."""
    content = saved("JPEG", drawn((3900, 3900)), progressive=True, quality=20)
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    return content[:-2] + scan * ((5_000_000 - len(content)) // len(scan)) + content[-2:]


def _bombs() -> Iterator[tuple[str, bytes]]:
    side = 16_000
    yield "png of 256 megapixels", png(side, side, body=zlib.compress(b"\0" * (side * 400)))
    yield "png of 2^31 pixels a side", png(2**31 - 1, 2**31 - 1)
    yield "png of one very long line", png(2**31 - 1, 1)
    yield "png just above the limit", saved("PNG", Image.new("1", (4001, 4000)))
    yield "jpeg of 65,500 pixels a side", jpeg_of(65_500, 65_500)
    yield "webp of 16,383 pixels a side", webp_canvas(16_383, 16_383)
    yield "webp of 16,777,216 pixels a side", webp_canvas(2**24, 2**24)
    yield "text of a gigabyte", png(8, 8, png_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 200_000_000)))
    yield (
        "profile of a gigabyte",
        png(8, 8, png_chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 200_000_000))),
    )
    yield "lines of a gigabyte", png(8, 8, body=zlib.compress(b"\0" * 200_000_000))
    yield "animation of 9,000 frames", png(8, 8, png_chunk(b"acTL", struct.pack(">II", 9000, 0)))


def _other_kinds() -> Iterator[tuple[str, bytes]]:
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "svg with a head", b'<?xml version="1.0"?><!DOCTYPE svg><svg onload="alert(1)"/>'
    yield "html", b"<!doctype html><script>alert(1)</script>"
    yield "gif", saved("GIF")
    yield "gif with script", b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)"
    for kind in ("BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "DDS"):
        yield kind.lower(), saved(kind)
    yield "eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n(/etc/passwd) (r) file\n"
    yield "pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj\n"
    yield "mvg", b"push graphic-context\nimage over 0,0 0,0 'https://example.com/x'\npop graphic-context\n"
    yield "zip", b"PK\x03\x04" + b"\0" * 60
    yield "mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 60
    yield "heic", b"\0\0\0\x18ftypheic" + b"\0" * 60
    yield "nothing", b""
    yield "one byte", b"\xff"
    yield "text", b"hello"


def _broken() -> Iterator[tuple[str, bytes]]:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = saved(kind, drawn((300, 200)))
        for part in (12, len(whole) // 3, len(whole) - 40):
            yield f"first {part} bytes of a {kind}", whole[:part]
    yield "png without pixels", png(0, 0)
    yield "png with a negative height", png(8, 2**32 - 1)
    yield "png of an unknown colour", png(8, 8, colour=5)
    yield "png of an unknown depth", png(8, 8, depth=3)
    yield "png with a wrong checksum", saved("PNG").replace(b"IDAT", b"IDAX", 1)
    yield "jpeg with tables that never end", b"\xff\xd8" + b"\xff\xdb\xff\xff" * 1000
    yield "jpeg of markers only", b"\xff\xd8" + b"\xff\xe1\0\x08Exif\0\0" * 1000 + b"\xff\xd9"
    yield "webp that says it is longer", b"RIFF\xff\xff\xff\xffWEBPVP8L" + b"\xff" * 40


def _fine_with_metadata() -> Iterator[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = CANARY.decode(), 6
    exif.get_ifd(0x8825)[1] = "N"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", CANARY.decode())
    text.add_text("XML:com.adobe.xmp", f"<x>{CANARY.decode()}</x>")
    xmp = b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    yield "jpeg with exif and comment", saved("JPEG", exif=exif, comment=CANARY, icc_profile=profile)
    yield "jpeg with a broken profile", saved("JPEG", icc_profile=CANARY * 20)
    yield "jpeg with a place and a thumbnail", saved("JPEG", exif=exif.tobytes() + saved("JPEG") + CANARY)
    yield "jpeg in cmyk", saved("JPEG", drawn(mode="CMYK"), exif=exif)
    yield "jpeg in grey", saved("JPEG", drawn(mode="L"), exif=exif)
    yield "jpeg and zip", saved("JPEG") + b"PK\x03\x04" + CANARY
    yield "jpeg and html", saved("JPEG", comment=b"<script>" + CANARY)
    yield "png with text", saved("PNG", pnginfo=text)
    yield "png with a palette", saved("PNG", drawn(mode="P"), transparency=3, pnginfo=text)
    yield "png of 16 bits", saved("PNG", drawn(mode="I;16"), pnginfo=text)
    yield "png with script behind it", saved("PNG") + b"<?php " + CANARY
    yield "webp with exif and xmp", saved("WEBP", exif=exif.tobytes(), xmp=xmp)
    yield (
        "webp that moves",
        saved("WEBP", save_all=True, append_images=[drawn(mode="RGBA"), drawn()], exif=exif.tobytes()),
    )
    yield "very wide", saved("PNG", drawn((4000, 1)), pnginfo=text)
    yield "one pixel", saved("JPEG", drawn((1, 1)), comment=CANARY)


def refused_uploads() -> dict[str, bytes]:
    return {**dict(_bombs()), **dict(_other_kinds()), **dict(_broken())}


def clean_uploads() -> dict[str, bytes]:
    return dict(_fine_with_metadata())
