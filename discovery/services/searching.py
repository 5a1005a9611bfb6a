"""How shoppers' words are understood: synonyms, and searches that lead to a page."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from altazion.lib.text import plain
from discovery.models import SearchRedirect, SynonymSet
from discovery.selectors.synonyms import LONGEST
from discovery.services.causes import decided
from discovery.services.merchandising import CHANGED
from logbook.services import record

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
