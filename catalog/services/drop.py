"""Many files at once: each finds its product by its name (SKU.jpg, SKU_2.webp, SKU_manual.pdf)."""

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from altazion.lib import uploads
from altazion.lib.problems import Refused
from catalog.enums import MediaKind
from catalog.models import DocumentKind, Media, Product
from catalog.services.media import save_media

MOST_FILES = 500
MOST_BYTES = 600 * uploads.MB  # of all files together, unpacked
#: words of file names beside the codes of the kinds of document
WORDS = {"manual": "notice", "warranty": "garantie", "quality": "label", "safety": "securite", "other": "autre"}
SILENT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Became:
    """What came of one file. taken: it hangs on the product now; otherwise `text` says why not."""

    name: str
    text: str
    product: Product | None = None
    taken: bool = False


def unpack(archive: IO[bytes]) -> Iterator[tuple[str, bytes | str]]:
    """The files of a ZIP: (name, content), or (name, why not). Nothing is written to disk, sizes are counted as read.

    Refused for what is no ZIP, one with a password, with too many files, or too large once unpacked.
    """
    try:
        packed = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused(_("This is not a ZIP file."), code="not_zip", field="files") from None
    inside = [one for one in packed.infolist() if not one.is_dir() and not one.filename.endswith(SILENT)]
    inside = [one for one in inside if not one.filename.startswith(SILENT)]
    if len(inside) > MOST_FILES:
        raise Refused(_("At most %(most)d files at once.") % {"most": MOST_FILES}, code="too_many", field="files")
    left = MOST_BYTES
    for one in inside:
        path = PurePosixPath(one.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            yield one.filename, _("Its name leads out of the folder.")
            continue
        if one.flag_bits & 1:
            yield one.filename, _("It is protected by a password.")
            continue
        try:
            with packed.open(one) as file:
                content = file.read(min(left, max(uploads.MOST_BYTES.values())) + 1)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
            yield one.filename, _("It is damaged.")
            continue
        except Exception as error:  # each way of packing has errors of its own
            if type(error).__name__ not in {"error", "LZMAError"}:
                raise
            yield one.filename, _("It is damaged.")
            continue
        left -= len(content)
        if left < 0:
            raise Refused(_("Unpacked, the files are too large together."), code="too_large", field="files")
        yield path.name, content


def take_files(files: Iterable[tuple[str, bytes | str]], *, at: dt.datetime, actor: str = "") -> list[Became]:
    """Hang each file on the product that its name says. One that cannot be taken stops none of the others."""
    given = list(files)
    if len(given) > MOST_FILES:
        raise Refused(_("At most %(most)d files at once.") % {"most": MOST_FILES}, code="too_many", field="files")
    wanted = {sku for name, _content in given for sku, _rest in _readings(name)}
    products = {one.sku.casefold(): one for one in Product.objects.filter(sku__in=wanted)}
    products |= {one.sku.casefold(): one for one in _other_case(wanted, products)}
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}
    return [_take(name, content, products, kinds, at, actor) for name, content in given]


def _readings(name: str) -> list[tuple[str, str]]:
    """(SKU, what follows it): the whole stem first, then without its last word. "A_1_2.jpg" may be A_1_2 or A_1."""
    stem = PurePosixPath(name.replace("\0", "")).stem.strip()[:200]
    head, line, tail = stem.rpartition("_")
    return [(stem, ""), (head, tail)] if line and head else [(stem, "")]


def _other_case(wanted: set[str], known: dict[str, Product]) -> list[Product]:
    missing = {sku.upper() for sku in wanted if sku.casefold() not in known}
    return list(Product.objects.filter(sku__in=missing)) if missing else []


def _take(
    name: str,
    content: bytes | str,
    products: dict[str, Product],
    kinds: dict[str, DocumentKind],
    at: dt.datetime,
    actor: str,
) -> Became:
    if isinstance(content, str):
        return Became(name, content)
    found = next(
        ((products[sku.casefold()], rest) for sku, rest in _readings(name) if sku.casefold() in products), None
    )
    if found is None:
        return Became(name, _("No product has this SKU."))
    product, rest = found
    kind = uploads.kind_of(content)
    media = Media(kind=kind, position=int(rest) if rest.isdecimal() and len(rest) < 5 else 0)
    if kind == MediaKind.DOCUMENT:
        code = WORDS.get(rest.casefold(), rest.casefold())
        media.document_kind = kinds.get(code)
        media.title = "" if media.document_kind or rest.isdecimal() else rest[:160]
    try:
        save_media(product, [media], files={0: ContentFile(content, name)}, at=at, actor=actor)
    except Refused as refusal:
        return Became(name, refusal.message, product)
    words = {
        MediaKind.IMAGE: _("picture of %(sku)s"),
        MediaKind.VIDEO: _("film of %(sku)s"),
        MediaKind.DOCUMENT: _("document of %(sku)s"),
    }
    return Became(name, words[MediaKind(kind)] % {"sku": product.sku}, product, taken=True)


def zipped(content: IO[bytes]) -> bool:
    """True if a file seems to be a ZIP."""
    start = content.read(4)
    content.seek(0)
    return start == b"PK\x03\x04" or start == b"PK\x05\x06"
