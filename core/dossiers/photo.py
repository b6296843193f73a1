"""What the QR codes and barcodes of a picture say. Nothing but CPU: callers run it in a thread.

The picture lives only as long as the call; neither it nor what an identity card says is ever kept or
logged.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Literal

import zxingcpp
from PIL import Image, ImageFilter

from core.dossiers.codes import DossierCode, find
from core.dossiers.links import scanned
from core.errors import PhotoError
from core.messages import MAX_PHOTO

Fault = Literal["too_large", "heic", "unreadable"]
Kind = Literal["code", "identity_card", "payment", "other"]

MAX_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_LONGEST = 3_200  # pixels of a side looked at; a page photographed whole is still about ten to the millimetre
_SMALL = 2_000  # as large as the web page sends; what is larger is not enlarged
_MAX_TEXT, _MAX_TEXTS = 2_000, 10
_HEIC = re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL)
_IDENTITY_CARD = re.compile(r"\s*\d{12}\|")
_PAYMENT = "000201"  # EMV QR: payload format indicator 01, as VietQR writes it
_SYMBOLS = zxingcpp.barcode_formats_from_str("QRCode,DataMatrix,Code128,Code39")


def texts_in(photo: bytes) -> list[str]:
    """What the codes in the picture say, each once; empty when there are none.

    Harder readings are tried until one shows a dossier code. The bot's own links are given as the code.

    Raises:
        PhotoError: ``str(error)`` is a Fault: ``too_large`` (bytes or pixels), ``heic`` (a format that
            cannot be read here), ``unreadable`` (damaged or no picture).
    """
    found: dict[str, None] = {}
    for image in _readings(_opened(photo)):
        for symbol in zxingcpp.read_barcodes(image, formats=_SYMBOLS, text_mode=zxingcpp.TextMode.Plain):
            if text := symbol.text.replace("\0", "").strip()[:_MAX_TEXT]:
                found.setdefault(scanned(text))
        if any(kind_of(text) == "code" for text in found):
            break
    return list(found)[:_MAX_TEXTS]


def kind_of(text: str) -> Kind:
    """What a text read from a picture is.

    ``identity_card`` holds the numbers and the name of a person: say so, and use or keep nothing of it.
    """
    if _IDENTITY_CARD.match(text):
        return "identity_card"
    if text.lstrip().startswith(_PAYMENT):
        return "payment"
    codes = find(text, dt.date.max)  # a day to come is the caller's business
    return "code" if any(isinstance(code, DossierCode) for code in codes) else "other"


def _opened(photo: bytes) -> Image.Image:
    """The picture in grey, on white where it is transparent, its longest side bounded."""
    if len(photo) > MAX_PHOTO:
        raise PhotoError("too_large")
    if _HEIC.match(photo):
        raise PhotoError("heic")
    try:
        with Image.open(io.BytesIO(photo), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:  # known from the header, nothing is decoded yet
                raise PhotoError("too_large")
            image.draft("L", (_LONGEST, _LONGEST))  # JPEG: decoded small and grey at once
            grey = _grey(image)
    except PhotoError:
        raise
    except Image.DecompressionBombError:
        raise PhotoError("too_large") from None
    except Exception as error:
        # Pillow's decoders answer damage with errors of many kinds.
        raise PhotoError("unreadable") from error
    grey.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return grey


def _grey(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("L")
    if image.mode not in ("RGBA", "LA"):
        image = image.convert("RGBA")
    white = Image.new("L", image.size, 255)
    white.paste(image.convert("L"), mask=image.getchannel("A"))
    return white


def _readings(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then made easier to read: enlarged, sharper, smoother.

    Chosen by trial over scale, blur, noise, light and angle: each reads what the ones before miss.
    """
    yield grey
    if max(grey.size) <= _SMALL:
        large = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        yield large
        yield large.filter(ImageFilter.UnsharpMask(4, 300, 0))
    else:
        yield grey.filter(ImageFilter.UnsharpMask(2, 200, 0))
        yield grey.reduce(2)
    yield grey.filter(ImageFilter.GaussianBlur(1))
