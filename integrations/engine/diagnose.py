"""Looks at the beginning of a file that does not read as described, and says what it seems to be."""

import csv

import charset_normalizer
from django.utils.translation import gettext_noop

from altazion.lib.told import join
from altazion.lib.told import told as _
from integrations.engine.problems import FileProblem
from integrations.enums import Entity
from integrations.formats import Definition
from integrations.formats.raw import raw_columns, raw_entities

SAMPLE = 256 * 1024
_MARKS = {
    ";": gettext_noop("semicolon"),
    ",": gettext_noop("comma"),
    "\t": gettext_noop("tab"),
    "|": gettext_noop("vertical bar"),
}
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
# What French, English, German, Italian and Spanish texts hold beyond ASCII; of little text no guess is better.
_WESTERN = "éèêëàâäáçîïíìôöóòùûüúñßœæÉÈÊÀÂÄÇÎÔÖÙÛÜŒÑ€°«»’‘“”–—…®©™·\u00a0×²³½".encode("windows-1252")
_ASCII = bytes(range(128))
_FAMILY = {"cp1250": "windows-1252", "cp1252": "windows-1252", "latin_1": "windows-1252", "cp1254": "windows-1252"}


def check_beginning(sample: bytes, definition: Definition) -> None:
    """Refuse at once what no mapping could read, and an encoding that reads but surely is another."""
    if not sample.strip():
        raise FileProblem("empty_file", _("The file is empty."))
    if sample.startswith(b"PK\x03\x04"):
        raise FileProblem(
            "not_text",
            _("This is an Excel workbook, not a text file. Save it as CSV, or choose XLSX in its mapping."),
        )
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise FileProblem("html", _("This is a web page, not the file: the server has probably answered an error."))
    if sample.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"GIF8")):
        raise FileProblem("not_text", _("This is not a text file."))
    wide = _name(definition.encoding).startswith(("utf_16", "utf_32"))
    likely = likely_encoding(sample)
    if not wide and likely.startswith(("utf-16", "utf-32")):
        raise wrong_encoding(definition, likely)
    if not wide and b"\0" in sample:
        raise FileProblem("not_text", _("The file holds NUL bytes: it is binary, or cut together wrongly."))
    single_byte = not _name(definition.encoding).startswith("utf")
    if single_byte and likely in ("utf-8", "utf-8-sig") and not sample.isascii():
        raise wrong_encoding(definition, likely)


def wrong_encoding(definition: Definition, likely: str, row: int = 0) -> FileProblem:
    """The problem of a file in another encoding than the mapping says."""
    words = {"said": definition.encoding.removesuffix("-sig"), "likely": likely.removesuffix("-sig"), "row": row}
    if row > 1:
        text = _(
            "The file is not written in %(said)s as its mapping says: line %(row)d cannot be read. "
            "It looks like %(likely)s."
        )
    else:
        text = _("The file is not written in %(said)s as its mapping says. It looks like %(likely)s.")
    return FileProblem("wrong_encoding", text % words)


def likely_encoding(sample: bytes, *, cut: bool = True) -> str:
    """The encoding a file seems to be in: by its mark, by being valid UTF-8, else by its letters."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if len(sample) > 3 and sample[1:40:2].count(0) > len(sample[1:40:2]) * 0.6:
        return "utf-16-le"
    if len(sample) > 3 and sample[0:40:2].count(0) > len(sample[0:40:2]) * 0.6:
        return "utf-16-be"
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if not cut or error.start < len(sample) - 3:  # else only the end of the sample cuts a letter in two
            if not sample.translate(None, _ASCII + _WESTERN):
                return "windows-1252"
            best = charset_normalizer.from_bytes(sample).best()
            name = best.encoding if best else "windows-1252"
            return _FAMILY.get(name, name)
    return "utf-8"


def check_header(header: list[str], definition: Definition, first_line: str) -> None:
    """Refuse a file whose separator is another, or that lacks a mapped column; says which and what there is."""
    _check_kind(header, definition)
    _check_twice(header, definition)
    needed = {source for column in definition.columns if not column.optional for source in column.sources}
    width = max((place + 1 for place in needed if isinstance(place, int)), default=0)
    names = {source for source in needed if isinstance(source, str)}
    missing = sorted(names - set(header))
    several = len({source for column in definition.columns for source in column.sources}) > 1
    if not missing and len(header) >= width and not (several and len(header) == 1):
        return
    if len(header) == 1 and several and (other := fitting_separator(first_line, definition)):
        raise FileProblem(
            "wrong_separator",
            _(
                "Only one column was found with the separator “%(said)s” of the mapping. "
                "The file seems to use “%(other)s” (%(name)s)."
            )
            % {
                "said": definition.separator.replace("\t", "\\t"),
                "other": other.replace("\t", "\\t"),
                "name": _(_MARKS[other]),
            },
        )
    present = ", ".join(header[:60]) or _("none")
    if missing:
        raise FileProblem(
            "missing_column",
            join(
                [
                    _("The file lacks the column %(missing)s that the mapping reads. Its columns are: %(present)s.")
                    % {"missing": ", ".join(f"“{name}”" for name in missing), "present": present},
                    *_kind_hint(header, definition),
                ]
            ),
        )
    if len(header) >= width:
        return
    raise FileProblem(
        "missing_column",
        _("The mapping reads %(needed)d columns but the file has %(found)d: %(present)s.")
        % {"needed": width, "found": len(header), "present": present},
    )


def _check_kind(header: list[str], definition: Definition) -> None:
    """A RAW file is read by position: one of another kind would go in as nonsense."""
    own, other = set(raw_columns(definition.entity)), likely_entity(header)
    if definition.code == "raw" and other and other != definition.entity and not set(header) <= own:
        raise FileProblem(
            "wrong_kind",
            _("The header is that of a file of “%(other)s”; this flow takes “%(own)s”.")
            % {"other": Entity(other).label, "own": Entity(definition.entity).label},
        )


def _kind_hint(header: list[str], definition: Definition) -> list[str]:
    other = likely_entity(header)
    return [_("It looks like a file of “%s”.") % Entity(other).label] if other not in ("", definition.entity) else []


def likely_entity(header: list[str]) -> str:
    """What a file is about whose columns have RAW names; "" when they have not."""
    names = {name.strip().lower() for name in header}
    shares = {
        entity: len(names & set(columns)) / max(len(names), 1)
        for entity, columns in ((entity, raw_columns(entity)) for entity in raw_entities())
        if len(names & set(columns)) >= min(3, len(columns))
    }
    best = max(shares, key=lambda entity: shares[entity], default="")
    return best if best and shares[best] > 0.5 else ""


def _check_twice(header: list[str], definition: Definition) -> None:
    read = {source for source in definition.sources if isinstance(source, str)}
    twice = [name for name in dict.fromkeys(header) if name in read and header.count(name) > 1]
    if twice:
        raise FileProblem(
            "column_twice",
            _("The header names %(names)s more than once: which one is meant cannot be told.")
            % {"names": ", ".join(f"“{name}”" for name in twice)},
        )


def check_fields(given: set[str], header: list[str], definition: Definition) -> None:
    """Refuse a file that feeds no column to a field that every row needs."""
    lacking = [name for name in definition.spec.required if name not in given]
    if definition.spec.one_of and not given & set(definition.spec.one_of):
        lacking.append(_(" or ").join(definition.spec.one_of))
    if lacking:
        raise FileProblem(
            "missing_column",
            _("The file lacks what every row needs: %(fields)s. Its columns are: %(present)s.")
            % {"fields": ", ".join(lacking), "present": ", ".join(header[:60])},
        )


def fitting_separator(line: str, definition: Definition) -> str:
    """The separator that splits this line best, or "" when none does."""
    counts = {
        mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in _MARKS if mark != definition.separator
    }
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > 1 else ""


def _name(encoding: str) -> str:
    return encoding.lower().replace("-", "_")
