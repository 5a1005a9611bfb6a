"""What segments and brands share: texts and pictures of their page, words of their address, redirects kept."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from altazion.lib.text import safe_html, slug
from catalog import rules
from catalog.selectors.addresses import LANGUAGES, word_of
from stores.ports import Target
from stores.services import keep_address

PAGE = {"intro", "image", "banner", "header", "meta_title", "meta_description", "translations"}
TRANSLATED = {"name", "slug", "intro", "header", "meta_title", "meta_description"}
HTML = {"intro", "header"}
LONGEST = {"name": 120, "slug": 120, "meta_title": 160, "meta_description": 320, "intro": 20_000, "header": 20_000}
_WORD = re.compile(r"^[-a-zA-Z0-9_]+$")


def set_page(thing: Any, fields: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """Set fields of a thing with a page; returns those that differ. Refused for a fed one, Invalid for a wrong one."""
    changed = []
    for name, value in fields.items():
        if name not in allowed:
            raise Invalid(_("%(field)s cannot be changed here.") % {"field": name}, field=name)
        clean: Any = safe_html(value) if name in HTML and value else value
        if name == "translations":
            clean = clean_translations(value, TRANSLATED)
        if clean == getattr(thing, name):
            continue
        if name in (getattr(thing, "fed_fields", None) or ()):
            raise Refused(fed(name, thing.source), code="fed", field=name)
        setattr(thing, name, clean)
        changed.append(name)
    return changed


def clean_translations(value: Any, allowed: Collection[str]) -> dict[str, dict[str, str]]:
    """Translations as they are kept: known languages and fields, no empty texts, HTML that cannot act."""
    main = settings.LANGUAGE_CODE
    cleaned: dict[str, dict[str, str]] = {}
    if not isinstance(value, Mapping):
        raise Invalid(_("Translations are given by language."), field="translations")
    for language, texts in value.items():
        if language not in LANGUAGES or language == main or not isinstance(texts, Mapping):
            raise Invalid(_("There is no language %(code)s here.") % {"code": language}, field="translations")
        cleaned[language] = {name: _text(name, text, language) for name, text in texts.items() if text}
        if unknown := set(cleaned[language]) - set(allowed):
            raise Invalid(_("%(field)s cannot be translated.") % {"field": min(unknown)}, field="translations")
    return {language: texts for language, texts in cleaned.items() if texts}


def _text(name: str, text: Any, language: str) -> str:
    field = f"{name}_{language}"
    if not isinstance(text, str):
        raise Invalid(_("A translation is a text."), field=field)
    most = LONGEST.get(name, 20_000)
    if len(text) > most:
        raise Invalid(_("At most %(most)d characters.") % {"most": most}, field=field)
    if name == "slug" and not _WORD.match(text):
        raise Invalid(_("A word of an address holds letters without accents, digits and dashes."), field=field)
    return safe_html(text) if name in HTML else text


def words_of(thing: Any) -> dict[str, str]:
    """The word of the address in each language."""
    return {language: word_of(thing, language) for language in LANGUAGES} if thing.pk else {}


def free_word(thing: Any, name: str) -> str:
    """A word for the address that no other thing of this kind has in any language."""
    word = slug(name, 100)
    others = type(thing).objects.exclude(pk=thing.pk)
    taken = set(others.filter(slug__startswith=word).values_list("slug", flat=True))
    for language in LANGUAGES:
        taken.update(others.values_list(f"translations__{language}__slug", flat=True))
    free, number = word, 2
    while free in taken:
        free, number = f"{word}-{number}", number + 1
    return free


def check_words(thing: Any) -> None:
    """Refuse a word that another thing of this kind has in the same language. Two queries."""
    others = type(thing).objects.exclude(pk=thing.pk)
    main = settings.LANGUAGE_CODE
    if others.filter(slug=thing.slug).exists():
        raise Invalid(_taken(thing.slug), code="taken", field="slug")
    for language in LANGUAGES:
        word = word_of(thing, language)
        if language == main:
            continue
        own = others.filter(**{f"translations__{language}__slug": word})
        inherited = others.filter(slug=word).exclude(**{f"translations__{language}__has_key": "slug"})
        if own.exists() or inherited.exists():
            field = f"slug_{language}" if word != thing.slug else "slug"
            raise Invalid(_taken(word), code="taken", field=field)


def keep_words(kind: str, thing: Any, before: Mapping[str, str], *, at: dt.datetime) -> list[str]:
    """Let the addresses that changed lead to the new ones; returns their languages."""
    pattern, changed = rules.ADDRESSES[kind], []
    for language, old in before.items():
        new = word_of(thing, language)
        if old and old != new:
            keep_address(pattern % old, pattern % new, Target(kind, thing.pk), language=language, at=at)
            changed.append(language)
    return changed


def fed(name: str, source: str) -> str:
    """Why a fed field stays."""
    return _("%(fields)s is fed by the flow %(source)s and cannot be changed by hand.") % {
        "fields": name,
        "source": source,
    }


def _taken(word: str) -> str:
    return _("Another one already has the address %(word)s.") % {"word": word}
