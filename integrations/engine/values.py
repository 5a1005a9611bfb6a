"""What a column may do to a cell: small, safe steps, compiled once for each file."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from altazion.lib.text import safe_html, slug
from integrations.formats import Column, Definition, FieldType

Step = Callable[[str], str]
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)", re.ASCII)
FLAG = "\x02"  # a cell that a step refused travels as FLAG code FLAG cell, and is rejected with the other checks
ERASED = "\x01"  # a cell that is empty on purpose
SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+\d{1,3}")  # 4,00638E+12: a spreadsheet's way with long codes


def refused(code: str, cell: str) -> str:
    """A cell that cannot be what it should be."""
    return f"{FLAG}{code}{FLAG}{cell}"


def erasing(definition: Definition, name: str) -> str:
    """What the literal that erases becomes in a field: an emptied text, or a refusal where nothing can be erased."""
    spec = definition.spec
    field = spec.fields[name]
    may = field.type == FieldType.TEXT and not field.choices and name not in spec.needed
    return ERASED if may else refused("cannot_erase", definition.erase)


def steps_of(column: Column, definition: Definition, field_type: FieldType, *, until: bool = False) -> list[Step]:
    """The steps after a cell was picked, in the order the docs promise."""
    made: list[Step | None] = [
        _replacer(column.replace) if column.replace else None,
        _splitter(column.split) if column.split else None,
        _mapper(column.map, column.map_else) if column.map else None,
        _words(column.words) if column.words else None,
        {"lower": str.lower, "upper": str.upper}.get(column.case),
        (lambda cell: slug(cell) if cell else "") if column.slug else None,
        (lambda cell: safe_html(cell) if cell else "") if column.html else None,
        harmless if _is_read_as_html(column) else None,
        _multiplier(Decimal(column.multiply), definition, field_type) if column.multiply else None,
        (lambda cell: cell[: column.truncate].rstrip()) if column.truncate else None,
        moment_reader(definition.date_format, until=until) if field_type == FieldType.MOMENT else None,
        (_harmless_words if column.field == "translations" else _json) if field_type == FieldType.JSON else None,
    ]
    return [_unless_refused(step) for step in made if step is not None]


def _unless_refused(step: Step) -> Step:
    return lambda cell: cell if cell.startswith(FLAG) else step(cell)


HTML = {"description", "warnings"}  # texts of products that pages show with their HTML
_TAG = re.compile(r"<[a-zA-Z/!?]")


def harmless(cell: str) -> str:
    """HTML without what could act, whether or not the mapping asks for it; a mere "less than" stays as it is."""
    return safe_html(cell) if _TAG.search(cell) else cell


def _is_read_as_html(column: Column) -> bool:
    field, key, _language = column.target
    return not column.html and (key if field == "translations" else field) in HTML


def _harmless_words(cell: str) -> str:
    """Translations that came as one JSON, their HTML cleaned."""
    text = _json(cell)
    if not _TAG.search(text) or text.startswith(FLAG):
        return text
    words = json.loads(text)
    for texts in words.values() if isinstance(words, dict) else ():
        if isinstance(texts, dict):
            texts |= {name: harmless(said) for name, said in texts.items() if name in HTML and isinstance(said, str)}
    return json.dumps(words, ensure_ascii=False)


def _json(cell: str) -> str:
    if not cell or cell.startswith(FLAG):
        return cell
    try:
        text = json.dumps(json.loads(cell, parse_constant=_no_constant), ensure_ascii=False)
        text.encode()
    except ValueError:
        return refused("not_json", cell)
    return refused("not_json", cell) if "\\u0000" in text else text


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _replacer(pairs: dict[str, str]) -> Step:
    def step(cell: str) -> str:
        for old, new in pairs.items():
            cell = cell.replace(old, new)
        return cell.strip()

    return step


def _splitter(options: dict[str, object]) -> Step:
    mark, take, glue = str(options.get("by", ",")), options.get("take", "all"), str(options.get("to", "|"))
    most = int(str(options.get("most", 0)))  # parts at most: the last one keeps the marks it holds

    def step(cell: str) -> str:
        parts = [part.strip() for part in cell.split(mark, most - 1)]
        parts = [part for part in parts if part]
        if take == "all":
            return glue.join(parts)
        index = int(str(take))
        return parts[index] if -len(parts) <= index < len(parts) else ""

    return step


def _mapper(pairs: dict[str, str], otherwise: str) -> Step:
    def step(cell: str) -> str:
        if cell in pairs:
            return pairs[cell]
        if otherwise == "keep" or not cell:
            return cell
        return refused("not_in_map", cell) if otherwise == "reject" else ""

    return step


def _words(words: dict[str, list[str]]) -> Step:
    known = {word.lower(): truth for truth in ("true", "false") for word in words.get(truth, [])}
    return lambda cell: known.get(cell.lower(), cell)


def plain_number(cell: str, decimal_mark: str, thousands_mark: str) -> Decimal:
    """The number a cell holds. With one mark for both, the last one is the decimal mark. Raises InvalidOperation."""
    text = "".join(cell.split())
    if thousands_mark and thousands_mark == decimal_mark:
        whole, mark, part = text.rpartition(decimal_mark)
        text = f"{whole.replace(decimal_mark, '')}.{part}" if mark else part
    else:
        text = text.replace(thousands_mark, "") if thousands_mark else text
        text = text.replace(decimal_mark, ".")
    if not _NUMBER.fullmatch(text):  # no exponents, no infinity
        raise InvalidOperation
    return Decimal(text)


def _multiplier(factor: Decimal, definition: Definition, field_type: FieldType) -> Step:
    def step(cell: str) -> str:
        if not cell:
            return cell
        try:
            product = plain_number(cell, definition.decimal_mark, definition.thousands_mark) * factor
        except InvalidOperation:
            return refused("not_a_number", cell)
        product = product.quantize(Decimal(1)) if field_type == FieldType.INTEGER else product
        return f"{product:f}".replace(".", definition.decimal_mark)

    return step


def moment_reader(date_format: str, *, until: bool = False) -> Step:
    """Cell to RFC 3339. A time without zone is local; a bare date is its first instant, or with `until` its last."""

    def step(cell: str) -> str:
        if not cell or cell.startswith(FLAG):
            return cell
        try:
            if date_format == "iso":
                moment = dt.datetime.fromisoformat(cell)
                bare = len(cell) <= len("2026-01-31")
            else:
                moment = dt.datetime.strptime(cell, date_format)  # noqa: DTZ007 - the zone is added below
                bare = "%H" not in date_format and "%I" not in date_format
            if bare and until:
                moment += dt.timedelta(days=1)
            if moment.tzinfo is None:
                moment = timezone.make_aware(moment)
        except (ValueError, OverflowError):
            return refused("not_a_date", cell)
        return moment.isoformat()

    return step
