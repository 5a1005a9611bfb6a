"""French is complete: every string that people read, with its placeholders, compiled as it is written."""

import gettext
import re
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest

from tests.languages.po import Entry, read

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sdr]|%%|\{\w*\}")
IGNORED = (".venv", "var", "tests", "bench", "demo")
NARROW = re.compile(r"\w [:;!?»]|« ")  # a plain space where French wants one that does not break


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return [entry for entry in read(PO) if not entry.is_header]


def test_every_string_is_translated_and_none_is_a_guess(entries):
    assert entries
    assert [e.key for e in entries if "fuzzy" in e.flags] == []
    assert [e.key for e in entries if not e.translations or not all(e.translations.values())] == []
    assert [e.key for e in entries if e.plural and set(e.translations) != {0, 1}] == []


def test_no_string_is_there_twice(entries):
    counted = Counter((entry.context, entry.msgid) for entry in entries)
    assert [key for key, times in counted.items() if times > 1] == []


def test_translations_keep_the_placeholders(entries):
    """A form for one may leave the number out; nothing may be added or lost otherwise."""
    wrong = []
    for entry in entries:
        allowed = [_placeholders(entry.msgid), _placeholders(entry.plural or entry.msgid)]
        for number, text in entry.translations.items():
            if _placeholders(text) not in (allowed if number == 0 else allowed[-1:]):
                wrong.append((entry.msgid, text))
    assert wrong == []


def test_french_typography(entries):
    """No-break spaces before high punctuation and inside guillemets, the curly apostrophe, no English quotes."""
    texts = [re.sub(r"<[^>]*>", "", text) for entry in entries for text in entry.translations.values()]
    assert [text for text in texts if NARROW.search(text)] == []
    assert [text for text in texts if re.search(r"\w'\w|[“”]", text)] == []


def test_sentences_keep_their_ends(entries):
    """A full stop, a colon or an ellipsis at the end is there in both languages or in none."""
    wrong = [(e.msgid, e.translations[0]) for e in entries if _end(e.msgid) != _end(e.translations[0])]
    assert wrong == []


def test_the_compiled_catalogue_says_what_the_source_says(entries):
    with MO.open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    compiled.pop("", None)
    written = {}
    for entry in entries:
        written |= entry.catalogue_keys()
    assert compiled == written


def test_the_catalogue_holds_every_string_of_the_code(entries, tmp_path):
    if not shutil.which("xgettext"):
        warnings.warn("xgettext is not on this machine: strings missing from the catalogue go unnoticed", stacklevel=1)
        pytest.skip("xgettext is not installed")
    found = {e.key for e in read(_extracted(tmp_path)) if not e.is_header}
    known = {e.key for e in entries}
    assert sorted(map(str, found - known)) == [], "run makemessages, translate, then compilemessages"
    assert sorted(map(str, known - found)) == [], "no longer in the code: run makemessages --no-obsolete"


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def _end(text: str) -> str:
    found = re.search(r"[.:…!?]\s*$", text)
    return found.group().strip() if found else ""


def _extracted(tmp_path: Path) -> Path:
    """A template catalogue made from a copy of the sources: makemessages writes beside what it reads."""
    copy = tmp_path / "sources"
    shutil.copytree(ROOT, copy, ignore=_skip, symlinks=True)
    (copy / "locale").mkdir()
    ignored = [word for name in IGNORED for word in ("-i", name)]
    command = [sys.executable, "manage.py", "makemessages", "-l", "fr", "--keep-pot", "--no-wrap", "--no-location"]
    done = subprocess.run([*command, *ignored], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return copy / "locale" / "django.pot"


def _skip(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".") or name in {"__pycache__", "node_modules"}}
    at_root = {*IGNORED, "locale", "docs", "test-results"} if Path(folder) == ROOT else set()
    return hidden | at_root | {name for name in names if name.endswith((".png", ".jpg", ".woff2", ".mo"))}
