"""How shoppers' words are understood: synonyms, and searches that lead to a page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from altazion.lib.problems import Invalid
from altazion.lib.text import plain
from catalog.models import Brand, Segment
from discovery.enums import SynonymKind
from discovery.models import SearchRedirect, SynonymSet
from discovery.selectors.synonyms import LONGEST
from discovery.services.causes import decided
from discovery.services.merchandising import CHANGED
from logbook.services import record
from stores.models import SalesChannel

MOST_WORDS = 30


@transaction.atomic
def save_synonyms(synonyms: SynonymSet, *, at: dt.datetime, actor: str = "") -> SynonymSet:
    """Write a set of synonyms. Invalid for less than two different words, or phrases of more than four words."""
    said = {form: word.strip() for word in reversed(synonyms.words) if (form := plain(word))}
    synonyms.words, synonyms.plain = list(said.values())[::-1], list(said)[::-1]
    if not 2 <= len(said) <= MOST_WORDS:
        raise Invalid(_("Give two to %(most)d different words.") % {"most": MOST_WORDS}, field="words")
    if long := next((said[form] for form in said if len(form.split()) > LONGEST or len(form) > 80), None):
        raise Invalid(_("“%(words)s” is too long: at most four words.") % {"words": long[:80]}, field="words")
    synonyms.save()
    _tell(synonyms, "synonyms", at, actor)
    return synonyms


@transaction.atomic
def save_redirect(redirect: SearchRedirect, *, at: dt.datetime, actor: str = "") -> SearchRedirect:
    """Write a search that leads to a page. Invalid unless it names a search and exactly one page of this site."""
    redirect.query = plain(redirect.query)
    if not redirect.query:
        raise Invalid(_("Say which search leads there."), field="query")
    if sum(map(bool, (redirect.segment_id, redirect.brand_id, redirect.address))) != 1:
        raise Invalid(_("Name a segment, or a brand, or an address: one of them."), field="address")
    if redirect.address and not _is_local(redirect.address):
        raise Invalid(_("An address begins with / and stays on this site."), field="address")
    try:
        with transaction.atomic():
            redirect.save()
    except IntegrityError:
        raise Invalid(_("This search leads somewhere already."), field="query") from None
    _tell(redirect, "redirect", at, actor)
    return redirect


@transaction.atomic
def put_synonyms(
    synonyms: SynonymSet | None, said: Mapping[str, Any], *, at: dt.datetime, actor: str = ""
) -> tuple[SynonymSet, bool]:
    """Make or change a set of synonyms as other systems do; True if it is new. The same words twice are one set."""
    words = sorted({form for form in map(plain, said["words"]) if form})
    if synonyms is None:
        alike = SynonymSet.objects.select_for_update().filter(
            language=said["language"], kind=said["kind"], plain__contains=words, plain__contained_by=words
        )
        synonyms = next((one for one in alike.order_by("pk") if _leads_alike(one, said)), None)
    is_new = synonyms is None
    synonyms = synonyms or SynonymSet()
    before = (synonyms.language, synonyms.kind, synonyms.words, synonyms.active)
    for name in ("language", "kind", "words", "active"):
        setattr(synonyms, name, said[name])
    if is_new or before != (synonyms.language, synonyms.kind, synonyms.words, synonyms.active):
        save_synonyms(synonyms, at=at, actor=actor)
    return synonyms, is_new


@transaction.atomic
def put_redirect(
    redirect: SearchRedirect | None, said: Mapping[str, Any], *, at: dt.datetime, actor: str = ""
) -> tuple[SearchRedirect, bool]:
    """Make or change where a search leads as other systems do; True if it is new. A search leads to one place.

    said: codes of channel, segment and brand. Invalid, with the field, for a code that nothing has.
    """
    named = {
        name: _named(model, said[name], name) if said[name] else None
        for name, model in (("channel", SalesChannel), ("segment", Segment), ("brand", Brand))
    }
    if redirect is None:
        kept = SearchRedirect.objects.select_for_update().filter(channel=named["channel"], query=plain(said["query"]))
        redirect = kept.first()
    is_new = redirect is None
    redirect = redirect or SearchRedirect()
    for name, value in named.items():
        setattr(redirect, name, value)
    redirect.query, redirect.address, redirect.active = said["query"], said["address"], said["active"]
    starts, ends = said["starts"], said["ends"]
    redirect.during = TimestamptzRange(starts, ends) if starts or ends else None
    return save_redirect(redirect, at=at, actor=actor), is_new


def _leads_alike(one: SynonymSet, said: Mapping[str, Any]) -> bool:
    """An expansion is another if another word leads."""
    return said["kind"] != SynonymKind.EXPANSION or one.plain[0] == plain(said["words"][0])


def _named(model: Any, code: str, field: str) -> Any:
    found = model.objects.filter(code=code).first()
    if found is None:
        raise Invalid(_("Nothing has the code %(code)s.") % {"code": code}, field=field, code=f"unknown_{field}")
    return found


@transaction.atomic
def forget(decision: SynonymSet | SearchRedirect, *, at: dt.datetime, actor: str = "") -> None:
    """Delete synonyms or a redirect."""
    _tell(decision, "deleted", at, actor)
    decision.delete()


def _is_local(address: str) -> bool:
    plain_path = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return plain_path and address.isprintable()


def _tell(decision: Any, change: str, at: dt.datetime, actor: str) -> None:
    decided()
    record(
        CHANGED, at=at, subject_kind=type(decision).__name__, subject_id=decision.pk or "", actor=actor,
        name=str(decision)[:200], change=change,
    )  # fmt: skip
