"""Fetching files that sources name by address: each is checked for what it is, then hangs on its product."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from altazion.lib import uploads
from altazion.lib.fetching import Fetched, NotFetched, fetch
from altazion.lib.films import film_at
from altazion.lib.problems import Refused
from catalog.enums import FetchState, MediaKind
from catalog.models import Media, MediaFetch, Product
from catalog.services.log import log_change
from catalog.services.media import MOST_PER_PRODUCT, check_address, keep_file
from catalog.services.media import WRONG as NOT_TAKEN
from logbook.services import record

AT_ONCE = 20
MOST_TRIES = 4
LEASE = dt.timedelta(minutes=10)  # longer than a film may take; another worker looks again after that
WAIT = dt.timedelta(minutes=5)  # and four times as long after each try
NOT_FETCHED, ALL_FETCHED = "catalog.media_not_fetched", "catalog.media_fetched"
WHY = {
    "bad_address": gettext_noop("This address cannot be fetched."),
    "inside": gettext_noop("The address lies inside our own network: refused."),
    "no_host": gettext_noop("There is no such server."),
    "no_answer": gettext_noop("The server does not answer."),
    "too_slow": gettext_noop("The server is too slow."),
    "refused": gettext_noop("The server refuses."),
    "missing": gettext_noop("The server has no such file."),
    "moved_on": gettext_noop("The server sends us elsewhere again and again."),
    "packed": gettext_noop("The server packs the file in a way that was not asked for."),
}
Fetch = Callable[..., Fetched]


def fetch_waiting(*, at: dt.datetime, get: Fetch = fetch, most: int = AT_ONCE) -> int:
    """Fetch the files whose turn it is. Returns how many were looked at; run it again while it returns some.

    Several workers may do this at the same time; one that dies leaves its files to the next try.
    """
    with transaction.atomic():
        mine = list(
            MediaFetch.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=FetchState.WAITING, next_try__lte=at)
            .order_by("next_try", "pk")[:most]
        )
        MediaFetch.objects.filter(pk__in=[one.pk for one in mine]).update(next_try=at + LEASE, tries=F("tries") + 1)
    for one in mine:
        one.tries += 1
        _take(one, at, get)
    for source in sorted({one.source for one in mine}):
        _tell(source, at)
    return len(mine)


def fetch_again(pks: Iterable[int], *, at: dt.datetime, actor: str = "") -> int:
    """Put files back to wait, fetched ones too: what stands at their address may be another. Returns how many."""
    found = MediaFetch.objects.filter(pk__in=list(pks))
    with transaction.atomic():
        asked = found.update(state=FetchState.WAITING, failure="", tries=0, next_try=at)
        ids = sorted(set(found.values_list("product_id", flat=True)))
        record("catalog.media_wanted", at=at, subject_kind="product", actor=actor, ids=ids, change="again")
    return asked


def _take(one: MediaFetch, at: dt.datetime, get: Fetch) -> None:
    file = None
    try:
        if _copied(one):
            fetched = get(one.address, most_bytes=uploads.MOST_BYTES[one.kind])
            with fetched.file as content:
                file = uploads.check(content, one.kind)
        else:
            check_address(one.kind, one.address)
        _hang(one, file, at)
    except NotFetched as problem:
        _fail(one, at, _said(problem), again=problem.again)
    except uploads.NotTaken as wrong:
        _fail(one, at, NOT_TAKEN[str(wrong)])
    except Refused as refusal:
        _fail(one, at, refusal.message)


def _said(problem: NotFetched) -> str:
    text = NOT_TAKEN["too_large"] if problem.code == "too_large" else WHY[problem.code]
    return f"{text}\x1f{problem.detail}" if problem.detail else text


def _copied(one: MediaFetch) -> bool:
    """False for films of other houses and for what shall stay where it is."""
    return one.keep and not (one.kind == MediaKind.VIDEO and film_at(one.address))


@transaction.atomic
def _hang(one: MediaFetch, file: uploads.Checked | None, at: dt.datetime) -> None:
    product = Product.objects.select_for_update(of=("self",)).get(pk=one.product_id)
    media = one.media or Media(product=product)
    media.kind, media.is_public, media.position, media.title = one.kind, one.is_public, one.position, one.title
    media.alt = one.alt or media.alt
    media.document_kind_id, media.language, media.source = one.document_kind_id, one.language, one.source
    if file is None:
        media.location, media.digest, media.mime, media.sizes = one.address, "", "", []
    elif media.digest != file.digest or not media.location.startswith("files/"):
        keep_file(media, file)
    twin = Media.objects.filter(product=product, location=media.location).exclude(pk=media.pk).first()
    if twin is not None:  # the same picture under two addresses stands once
        media = twin
    elif media.pk is None and product.media.count() >= MOST_PER_PRODUCT:
        raise Refused(_("At most %(most)d files on a product.") % {"most": MOST_PER_PRODUCT}, code="too_many")
    else:
        media.save()
    MediaFetch.objects.filter(pk=one.pk).update(state=FetchState.DONE, failure="", media=media)
    Product.objects.filter(pk=product.pk).update(updated_at=at)
    children = product.children.values_list("pk", flat=True)
    log_change(product, "media", at=at, actor=f"flow:{one.source}", also=children)


def _fail(one: MediaFetch, at: dt.datetime, why: str, *, again: bool = False) -> None:
    """Wait for the next try, longer each time; or give up and say why."""
    later = again and one.tries < MOST_TRIES
    MediaFetch.objects.filter(pk=one.pk, state=FetchState.WAITING).update(
        state=FetchState.WAITING if later else FetchState.FAILED,
        failure=why[:300],
        next_try=at + WAIT * 4 ** (one.tries - 1),
    )


def _tell(source: str, at: dt.datetime) -> None:
    """Say what is left to mend, or that nothing is, once nothing of the source waits."""
    mine = MediaFetch.objects.filter(source=source)
    if mine.filter(state=FetchState.WAITING, tries=0).exists():
        return
    failed = mine.filter(state=FetchState.FAILED)[:1000].count()
    record(
        NOT_FETCHED if failed else ALL_FETCHED,
        at=at,
        subject_kind="flow",
        subject_id=source,
        failed=failed,
    )


def words_of_failure(failure: str) -> str:
    """Why a file did not come, in the reader's language."""
    text, _mark, detail = failure.partition("\x1f")
    return f"{_(text)} ({detail})" if detail and text else _(text) if text else ""
