"""Pictures, films and documents of products: what is sent is checked, kept once, and made small for small screens."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from altazion.lib import uploads
from altazion.lib.films import film_at
from altazion.lib.problems import Invalid, Refused
from catalog.enums import MediaKind
from catalog.models import DocumentKind, Media, Product
from catalog.services.log import log_change, log_many

WRONG = {
    "empty": gettext_noop("The file is empty."),
    "too_large": gettext_noop("The file is too large: pictures have 20 MB at most, documents 30, films 200."),
    "not_image": gettext_noop("This is not a picture (JPEG, PNG, WebP, GIF or AVIF), whatever its name says."),
    "broken": gettext_noop("The picture is damaged or cut off."),
    "too_many_pixels": gettext_noop("The picture is too large: 50 megapixels at most."),
    "not_video": gettext_noop("This is not a film (MP4 or WebM), whatever its name says."),
    "not_pdf": gettext_noop("This is not a whole PDF, whatever its name says."),
}
KINDS = (
    ("notice", "Notice", "Manual"),
    ("garantie", "Garantie", "Warranty"),
    ("label", "Label de qualité", "Quality label"),
    ("securite", "Fiche de données de sécurité", "Safety data sheet"),
    ("autre", "Autre document", "Other document"),
)
MOST_PER_PRODUCT = 100


def checked(file: File, kind: str) -> uploads.Checked:
    """A file as it may be kept. Invalid, at "upload", with what is wrong with it."""
    try:
        return uploads.check(file, kind)
    except uploads.NotTaken as wrong:
        raise Invalid(_(WRONG[str(wrong)]), field="upload") from None


def store_of(*, is_public: bool) -> Storage:
    """Public files stand where shoppers fetch them; the others where nothing is served from."""
    return default_storage if is_public else storages["raw_files"]


def keep_picture(file: File) -> str:
    """Keep a picture that belongs to something else than a product's gallery; returns its path."""
    found = checked(file, MediaKind.IMAGE)
    if not default_storage.exists(found.name):
        default_storage.save(found.name, ContentFile(found.content))
    return found.name


def keep_file(media: Media, file: uploads.Checked) -> None:
    """Put a checked file into its store (once, whoever sends it again) and describe it on the media; not saved."""
    store = store_of(is_public=media.is_public)
    if not store.exists(file.name):
        store.save(file.name, ContentFile(file.content))
    media.location, media.digest, media.mime, media.sizes = file.name, file.digest, file.mime, []
    media.bytes, media.width, media.height = len(file.content), file.width or None, file.height or None


@transaction.atomic
def save_media(
    product: Product,
    kept: Sequence[Media],
    removed: Iterable[Media] = (),
    *,
    files: Mapping[int, File] | None = None,
    posters: Mapping[int, File] | None = None,
    at: dt.datetime,
    actor: str = "",
) -> None:
    """Write new and changed pictures, films and documents; take away the removed ones (others may use their files).

    files, posters of films: what was sent, by position in `kept`. Invalid for a file that is not what its kind says.
    """
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    gone = Media.objects.filter(pk__in=[one.pk for one in removed], product=product)
    if fed := gone.exclude(source="").first():
        raise Refused(
            _("%(what)s is fed by the flow %(source)s and cannot be taken away by hand.")
            % {"what": fed, "source": fed.source},
            code="fed",
        )
    gone.delete()
    before = {one.pk: one.is_public for one in product.media.all()}
    for index, one in enumerate(kept):
        one.product = product
        if not 0 <= one.focus_x <= 100 or not 0 <= one.focus_y <= 100:
            raise Invalid(_("The focal point is given in percent, 0 to 100."), field="media")
        if files and index in files:
            keep_file(one, checked(files[index], one.kind))
        elif one.pk and before.get(one.pk) != one.is_public and one.digest:
            _move(one)
        if posters and index in posters:
            one.poster = keep_picture(posters[index])
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            raise Invalid(_("The product has this picture already."), field="media") from None
    if product.media.count() > MOST_PER_PRODUCT:
        raise Invalid(_("At most %(most)d files on a product.") % {"most": MOST_PER_PRODUCT}, field="media")
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    log_change(product, "media", at=at, actor=actor, also=product.children.values_list("pk", flat=True))


def _move(media: Media) -> None:
    """Bring the file of a media to the store of its new audience; the copy left behind goes if nobody shows it."""
    old, new = store_of(is_public=not media.is_public), store_of(is_public=media.is_public)
    if not new.exists(media.location) and old.exists(media.location):
        with old.open(media.location) as file:
            new.save(media.location, File(file))
    others = Media.objects.filter(location=media.location, is_public=not media.is_public).exclude(pk=media.pk)
    if not others.exists():
        old.delete(media.location)


def make_sizes(product_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Make the smaller pictures of these products that are still missing. Returns how many pictures got them.

    A picture that cannot be read keeps its original alone, and is not tried again (its width is 0).
    """
    waiting = _without_sizes().filter(product__in=list(product_ids))
    return _make(list(waiting[:500]), at)


def make_all_sizes(*, at: dt.datetime, most: int = 20_000) -> int:
    """The smaller pictures that are missing anywhere, those named by a path included; some thousands a night."""
    done = looked = 0
    while looked < most and (waiting := list(_without_sizes()[:200])):
        looked += len(waiting)
        done += _make(waiting, at)
    return done


def _without_sizes() -> QuerySet[Media]:
    waiting = Media.objects.filter(kind=MediaKind.IMAGE, is_public=True, sizes=[]).exclude(width=0)
    return waiting.exclude(location__contains="://").order_by("pk")


def _make(waiting: list[Media], at: dt.datetime) -> int:
    for media in waiting:
        media.sizes = _sizes_of(media)
        if not media.sizes:
            media.width = 0
    done = [media for media in waiting if media.sizes]
    with transaction.atomic():
        Media.objects.bulk_update(waiting, ["sizes", "width", "height"])
        log_many("sizes", {one.product_id for one in done}, at=at, actor="")
    return len(done)


def _sizes_of(media: Media) -> list[list[object]]:
    twin = Media.objects.filter(location=media.location).exclude(sizes=[]).first()
    if twin is not None:
        return list(twin.sizes)
    try:
        with default_storage.open(media.location) as file:
            content = file.read(uploads.MOST_BYTES["image"])
        made = uploads.smaller(content)
    except (OSError, ValueError, SuspiciousOperation):
        return []
    found: list[list[object]] = []
    stem = media.location.rpartition(".")[0]
    if not media.digest:  # named by a path, which may come to hold another picture: its copies are named by content
        digest = hashlib.sha256(content).hexdigest()
        stem = f"files/{digest[:2]}/{digest}"
        media.width, media.height = uploads.measures(content)
    for width, content in made:
        name = f"{stem}-{width}.webp"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))
        found.append([width, name])
    return found


def check_address(kind: str, location: str) -> None:
    """Invalid, at "location", unless the address may stand for a media of this kind."""
    if "://" in location and not location.startswith("https://"):
        raise Invalid(_("Give an https address."), field="location")
    ending = location.lower().partition("?")[0].endswith((".mp4", ".webm"))
    if kind == MediaKind.VIDEO and "://" in location and not ending and not film_at(location):
        text = _("Films come from YouTube, Vimeo, Dailymotion or a PeerTube known here, or as an MP4 or WebM file.")
        raise Invalid(text, field="location")
    if location.startswith(("/", "..")) or "/../" in location or "\\" in location:
        raise Invalid(_("Give an https address."), field="location")


def ensure_document_kinds() -> None:
    """Make the kinds that everybody has, where there are none; renamed ones stay renamed."""
    DocumentKind.objects.bulk_create(
        [
            DocumentKind(code=code, name=french, position=place, translations={"en": {"name": english}})
            for place, (code, french, english) in enumerate(KINDS, 1)
        ],
        ignore_conflicts=True,
    )
