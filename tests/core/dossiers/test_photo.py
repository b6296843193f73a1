"""Codes in pictures as people take them, and what is no picture."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from core.dossiers.photo import kind_of, texts_in
from core.errors import PhotoError
from core.messages import MAX_PHOTO

CODE, OTHER = "H15.50.05.13-261008-0975", "000.00.12.H45-200926-0001"
CARD = "012345678901|123456789|Nguyễn Thị Hoà|01011990|Nữ|12 Lê Duẩn, Tân Lợi, Đắk Lắk|01012021"
PAYMENT = "00020101021238540010A00000072701240006970436011012345678900208QRIBFTTA53037045802VN6304ABCD"
NOISE = np.random.default_rng(1)


def symbol(
    text: str, scale: int = 4, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode
) -> Image.Image:
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale)
    return Image.fromarray(np.array(drawn))


def page(*symbols: Image.Image, size: tuple[int, int] = (900, 1200)) -> Image.Image:
    """A sheet with symbols one under the other."""
    sheet, y = Image.new("L", size, 235), 150
    for drawn in symbols:
        sheet.paste(drawn, (200, y))
        y += drawn.height + 120
    return sheet


def saved(image: Image.Image, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=75)
    return out.getvalue()


def noisy(image: Image.Image, light: float = 1.0, noise: float = 30.0) -> Image.Image:
    """Grain, and light that falls off to the right."""
    letters = np.asarray(image, float) * light * np.linspace(1, 0.6, image.width)[None, :]
    letters += NOISE.normal(0, noise, letters.shape)
    return Image.fromarray(np.clip(letters, 0, 255).astype("uint8"))


PICTURES = {
    "plain": saved(page(symbol(CODE))),
    "png": saved(page(symbol(CODE)), "PNG"),
    "webp": saved(page(symbol(CODE)), "WEBP"),
    "colour": saved(page(symbol(CODE)).convert("RGB")),
    "cmyk": saved(page(symbol(CODE)).convert("CMYK")),
    "palette": saved(page(symbol(CODE)).convert("P"), "PNG"),
    "black and white": saved(page(symbol(CODE)).convert("1"), "PNG"),
    "on its side": saved(page(symbol(CODE)).rotate(90, expand=True)),
    "upside down": saved(page(symbol(CODE)).rotate(180)),
    "askew": saved(
        page(symbol(CODE)).rotate(23, expand=True, fillcolor=120, resample=Image.Resampling.BICUBIC)
    ),
    "small": saved(page(symbol(CODE, 2)), "PNG"),
    "smallest": saved(symbol(CODE, 1), "PNG"),
    "grainy": saved(noisy(page(symbol(CODE)))),
    "in the dark": saved(noisy(page(symbol(CODE, 6)), light=0.15, noise=3)),
    "faint": saved(page(symbol(CODE).point(lambda v: 160 + v // 8))),
    "blurred": saved(page(symbol(CODE, 6)).filter(ImageFilter.GaussianBlur(2))),
    "out of focus": saved(page(symbol(CODE, 3)).filter(ImageFilter.GaussianBlur(1.5))),
    "inverted": saved(page(symbol(CODE)).point(lambda v: 255 - v)),
    "large": saved(page(symbol(CODE, 8), size=(4000, 3000))),
    "barcode": saved(page(symbol(CODE, 2, zxingcpp.BarcodeFormat.Code128))),
    "barcode upright": saved(page(symbol(CODE, 2, zxingcpp.BarcodeFormat.Code128)).rotate(90, expand=True)),
    "older barcode": saved(page(symbol(CODE, 1, zxingcpp.BarcodeFormat.Code39))),
}


@pytest.mark.parametrize("photo", PICTURES.values(), ids=PICTURES.keys())
def test_the_code_is_read(photo: bytes) -> None:
    assert texts_in(photo) == [CODE]


def test_black_on_nothing_is_read_as_on_white() -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    drawn = symbol(CODE)
    clear.paste((0, 0, 0, 255), (60, 60, 60 + drawn.width, 60 + drawn.height), drawn.point(lambda v: 255 - v))
    assert texts_in(saved(clear, "PNG")) == [CODE]


def test_several_codes_are_all_read_once() -> None:
    photo = saved(page(symbol(CODE), symbol(OTHER), symbol(CODE), size=(900, 1500)))
    assert sorted(texts_in(photo)) == sorted([CODE, OTHER])


def test_a_receipt_with_our_own_link_is_read_as_its_code() -> None:
    link = "https://t.me/motcua_bot?start=H15_50_05_13-261008-0975"
    assert texts_in(saved(page(symbol(link)))) == [CODE]


def test_a_code_beside_a_payment_is_found_though_harder_to_read() -> None:
    faint = symbol(CODE, 3).filter(ImageFilter.GaussianBlur(1.5))
    assert CODE in texts_in(saved(page(symbol(PAYMENT, 6), faint)))


def test_letters_of_an_identity_card_are_read_right() -> None:
    assert texts_in(saved(page(symbol(CARD)))) == [CARD]


@pytest.mark.parametrize(
    "photo",
    [saved(page()), saved(noisy(page())), saved(Image.new("L", (1, 1)), "PNG")],
    ids=["empty", "grain", "dot"],
)
def test_a_picture_without_codes_gives_nothing(photo: bytes) -> None:
    assert texts_in(photo) == []


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (bytes(MAX_PHOTO + 1), "too_large"),
        (bomb(8000, 5001), "too_large"),
        (bomb(12_000, 10_000), "too_large"),
        (bomb(60_000, 60_000), "too_large"),
        (bomb(500, 500), "unreadable"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        (b"", "unreadable"),
        (b"not a picture at all", "unreadable"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "unreadable"),
        (PICTURES["plain"][: len(PICTURES["plain"]) // 2], "unreadable"),
        (PICTURES["png"][: len(PICTURES["png"]) // 2], "unreadable"),
        (saved(Image.new("L", (9, 9)), "GIF"), "unreadable"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unreadable"),
    ],
)
def test_what_cannot_be_read_says_why(photo: bytes, reason: str) -> None:
    with pytest.raises(PhotoError) as caught:
        texts_in(photo)
    assert str(caught.value) == reason


@pytest.mark.parametrize("kind", ["plain", "png", "webp"])
def test_damage_anywhere_is_an_answer_not_a_crash(kind: str) -> None:
    whole = bytearray(PICTURES[kind])
    for at in NOISE.integers(0, len(whole), 12):
        hurt = bytearray(whole)
        hurt[at : at + 4] = NOISE.bytes(4)
        with contextlib.suppress(PhotoError):
            texts_in(bytes(hurt))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CODE, "code"),
        (OTHER, "code"),
        ("https://dichvucong.example/tra-cuu?ma=H15.50.05.13-261008-0975", "code"),
        ("https://motcua.example/?hs=H15.50.05.13-261008-0975", "code"),
        ("Mã hồ sơ: h15.50.05.13-261008-0975\nNgày hẹn: 20/10/2026", "code"),
        (CARD, "identity_card"),
        (PAYMENT, "payment"),
        (PAYMENT + CODE, "payment"),
        ("8934588063053", "other"),
        ("https://zalo.me/1234", "other"),
        ("H15.50.05.13-261308-0975", "other"),
        ("", "other"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind
