"""A reader of .po catalogues in pure Python: a fresh machine has no gettext tools."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

_KEYWORD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])?\s+(".*")$')


@dataclasses.dataclass
class Entry:
    """One message: its key (`context`, `msgid`, `plural`) and its translations by plural number."""

    msgid: str = ""
    plural: str = ""
    context: str | None = None
    translations: dict[int, str] = dataclasses.field(default_factory=dict)
    flags: set[str] = dataclasses.field(default_factory=set)
    obsolete: bool = False

    @property
    def is_header(self) -> bool:
        return self.msgid == "" and self.context is None

    @property
    def key(self) -> tuple[str | None, str, str]:
        return (self.context, self.msgid, self.plural)

    def catalogue_keys(self) -> dict[object, str]:
        """The same message as `gettext.GNUTranslations` keeps it in its catalogue."""
        msgid = self.msgid if self.context is None else f"{self.context}\x04{self.msgid}"
        if self.plural:
            return {(msgid, number): text for number, text in self.translations.items()}
        return {msgid: self.translations.get(0, "")}


def read(path: Path) -> list[Entry]:
    """All entries of the catalogue at `path`, the header first; obsolete ones are left out."""
    entries = (_entry(block) for block in re.split(r"\n[ \t]*\n", path.read_text(encoding="utf-8")) if block.strip())
    return [entry for entry in entries if not entry.obsolete]


def _entry(block: str) -> Entry:
    entry = Entry()
    texts: dict[tuple[str, int], list[str]] = {}
    current: list[str] = []
    for line in block.splitlines():
        if line.startswith("#~"):
            entry.obsolete = True
        elif line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif found := _KEYWORD.match(line):
            keyword, number, text = found.groups()
            current = texts.setdefault((keyword, int(number or 0)), [])
            current.append(ast.literal_eval(text))
        elif line.startswith('"'):
            current.append(ast.literal_eval(line))
    joined = {key: "".join(parts) for key, parts in texts.items()}
    entry.msgid = joined.get(("msgid", 0), "")
    entry.plural = joined.get(("msgid_plural", 0), "")
    entry.context = joined.get(("msgctxt", 0))
    entry.translations = {number: text for (keyword, number), text in joined.items() if keyword == "msgstr"}
    return entry
