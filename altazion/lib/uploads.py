"""Files that people send, checked for what they are: by their content, never by their name."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MB = 1024 * 1024
MOST_BYTES = {"image": 20 * MB, "video": 200 * MB, "document": 30 * MB}
MOST_PIXELS = 50_000_000
MOST_SIDE = 4000  # larger pictures are made smaller: no screen shows more
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
WIDTHS = (320, 640, 960, 1440)
TYPES = {
    ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
    ".mp4": "video/mp4", ".webm": "video/webm", ".pdf": "application/pdf",
}  # fmt: skip


class NotTaken(ValueError):
    """Not what it should be: empty, too_large, not_image, broken, too_many_pixels, not_video, not_pdf."""


@dataclass(frozen=True)
class Checked:
    """A file as it is kept. digest: SHA-256 in hexadecimal. width, height: pixels, 0 for what is no picture."""

    content: bytes
    ending: str
    digest: str
    width: int = 0
    height: int = 0

    @property
    def mime(self) -> str:
        return TYPES[self.ending]

    @property
    def name(self) -> str:
        """Where it is kept: the name is the content, so nothing stands twice and no name ever changes its meaning."""
        return f"files/{self.digest[:2]}/{self.digest}{self.ending}"


def check(file: IO[bytes], kind: str) -> Checked:
    """A file of kind image, video or document as it may be kept. Raises NotTaken."""
    content = file.read(MOST_BYTES[kind] + 1)
    if not content:
        raise NotTaken("empty")
    if len(content) > MOST_BYTES[kind]:
        raise NotTaken("too_large")
    return {"image": picture, "video": film, "document": paper}[kind](content)


def kind_of(content: bytes) -> str:
    """What a file seems to be by its first bytes: video, document, or image (which `check` then proves)."""
    if content[:5] == b"%PDF-":
        return "document"
    return "video" if (content[4:8] == b"ftyp" and content[8:12] != b"avif") or content[:4] == _EBML else "image"


_EBML = b"\x1a\x45\xdf\xa3"


def film(content: bytes) -> Checked:
    """An MP4 or WebM."""
    if content[4:8] == b"ftyp" and content[8:12] not in (b"avif", b"heic", b"mif1"):
        return _kept(content, ".mp4")
    if content[:4] == _EBML and b"webm" in content[:64]:
        return _kept(content, ".webm")
    raise NotTaken("not_video")


def paper(content: bytes) -> Checked:
    """A PDF from its first byte to its end mark. What scripts it holds stay asleep: it is only ever downloaded."""
    if content[:5] != b"%PDF-" or b"%%EOF" not in content[-2048:]:
        raise NotTaken("not_pdf")
    return _kept(content, ".pdf")


def picture(content: bytes) -> Checked:
    """A picture written anew: upright, without its metadata, without anything that was hidden in or behind it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at below
            found = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise NotTaken("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise NotTaken("not_image") from None
    if found.width * found.height > MOST_PIXELS:  # before anything is decoded
        raise NotTaken("too_many_pixels")
    try:
        found.load()
        upright = ImageOps.exif_transpose(found)
    except Exception:  # decoders fail in many ways on purpose-made files
        raise NotTaken("broken") from None
    upright.thumbnail((MOST_SIDE, MOST_SIDE))
    ending = {"JPEG": ".jpg", "PNG": ".png"}.get(found.format or "", ".webp")
    new = _clean(upright, alpha=ending != ".jpg")
    out = io.BytesIO()
    if ending == ".jpg":
        new.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    elif ending == ".png":
        new.save(out, "PNG", optimize=True)
    else:
        new.save(out, "WEBP", quality=88)
    return _kept(out.getvalue(), ending, new.size)


def smaller(content: bytes) -> list[tuple[int, bytes]]:
    """The picture as WebP in each width below its own. [(width, content)]"""
    with Image.open(io.BytesIO(content), formats=FORMATS) as found:
        if found.width * found.height > MOST_PIXELS:
            raise NotTaken("too_many_pixels")
        whole = _clean(found, alpha=True)
    made = []
    for width in WIDTHS:
        if width < whole.width or (width == WIDTHS[0] and whole.width <= width):
            size = (min(width, whole.width), max(1, round(whole.height * min(width, whole.width) / whole.width)))
            out = io.BytesIO()
            whole.resize(size, Image.Resampling.LANCZOS).save(out, "WEBP", quality=80, method=4)
            made.append((size[0], out.getvalue()))
    return made


def measures(content: bytes) -> tuple[int, int]:
    """Width and height of a picture that `smaller` could read, in pixels."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as found:
        return found.size


def _clean(image: Image.Image, *, alpha: bool) -> Image.Image:
    """The pixels alone: neither EXIF nor profiles nor comments come along."""
    see_through = "A" in image.getbands() or "transparency" in image.info
    pixels = image.convert("RGBA" if see_through and alpha else "RGB")
    new = Image.new(pixels.mode, pixels.size)
    new.paste(pixels)
    return new


def _kept(content: bytes, ending: str, size: tuple[int, int] = (0, 0)) -> Checked:
    return Checked(content, ending, hashlib.sha256(content).hexdigest(), *size)
