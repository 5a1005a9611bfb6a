"""Small helpers for words that come from people and files."""

import re
import unicodedata
from html import unescape

import nh3

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_BLOCK_END = re.compile(r"</(?:p|div|li|h\d|tr|td)>|<br\s*/?>", re.IGNORECASE)
_NOT_CODE = re.compile(r"[^A-Z0-9]+")
_SAFE_TAGS = {
    "p",
    "br",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "a",
    "span",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "blockquote",
    "sup",
    "sub",
}


_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O"})


def unaccent(text: str) -> str:
    """The text without its accents and ligatures: "Œuvre d'été" becomes "OEuvre d'ete"."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.translate(_LIGATURES)) if not unicodedata.combining(c))


def slug(text: str, length: int = 80) -> str:
    """A word for a URL: "Été & Plage" becomes "ete-plage"; never empty."""
    return _NOT_WORD.sub("-", unaccent(text).lower()).strip("-")[:length].strip("-") or "-"


def bare_code(code: str) -> str:
    """A code as a scanner or a hurried person gives it: "ab-12 3" becomes "AB123"."""
    return _NOT_CODE.sub("", unaccent(code).upper())


def safe_html(html: str) -> str:
    """HTML of a supplier or a colleague with everything that could act removed; links open without referrer."""
    return nh3.clean(
        html,
        tags=_SAFE_TAGS,
        attributes={"a": {"href", "title"}, "td": {"colspan"}, "th": {"colspan"}},
        url_schemes={"http", "https", "mailto", "tel"},
    )


def storable(text: str) -> str:
    """A text without what no database takes: NUL becomes a space, halves of characters (lone surrogates) go."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def plain(text: str) -> str:
    """A text as searches compare it: small letters and digits, no accents, one space between words, 200 at most."""
    return _NOT_WORD.sub(" ", unaccent(text[:400]).lower()).strip()[:200].strip()


def plain_text(html: str) -> str:
    """What people read of HTML, on one line; scripts and styles leave nothing behind."""
    return " ".join(unescape(nh3.clean(_BLOCK_END.sub(" ", html), tags=set())).split())
