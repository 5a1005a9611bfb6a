"""No words stand in a template outside a translation."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The same in every language: names of machines, and words of files and mappings.
NAMES = {"SHA-256", "Authorization: Bearer …", "\\t, auto", "#DEL", "data.items", "multiply: 1000", "pivot.", "row_id"}
# Units, and names of papers and numbers: the same, too, wherever they stand in a line.
SIGNS = re.compile(r"\b(?:kg|mm|SIREN|IBAN|PDF)\b")

BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
MUTE = re.compile(r"<(script|style|svg|code)\b.*?</\1>|<span class=\"[^\"]*material-symbols[^>]*>.*?</span>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label|label)="([^"]*)"')
TAG = re.compile(r"{%.*?%}|{{.*?}}|&\w+;", re.DOTALL)


def test_every_word_in_a_template_is_translated():
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    assert templates
    found = [(path.relative_to(ROOT).as_posix(), words) for path in templates for words in _bare(path)]
    assert found == []


def _bare(path: Path) -> list[str]:
    """Words of the template that no translation tag holds: text between tags, and attributes read aloud."""
    text = BLOCK.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))
    spoken = [TAG.sub("", value) for value in SPOKEN.findall(text)]
    shown = TAG.sub("", MUTE.sub("", text))
    if path.suffix == ".html":
        shown = re.sub(r"<[^>]*>", "\n", shown)
    lines = (line.strip() for line in (*spoken, *shown.splitlines()))
    return [line for line in lines if re.search(r"[^\W\d_]{2}", SIGNS.sub("", line)) and line not in NAMES]
