"""XML as rows, streamed: one element that is repeated. Document types, entities and anything outside are refused."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from altazion.lib.told import told as _
from integrations.engine.problems import FileProblem
from integrations.engine.records import RecordReader

DEEPEST = 100


class XmlReader(RecordReader):
    """`records`: the repeated element, by name or by path from the top. Columns: `name`, `price/amount`, `@id`."""

    def _check(self) -> None:
        super()._check()
        start = self._sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
        if start.startswith((b"<!doctype html", b"<html")):
            raise FileProblem("html", _("This is a web page, not the file: the server has probably answered an error."))
        if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
            raise FileProblem("not_xml", _("This is no XML: it does not begin with “<”."))

    def _records(self) -> Iterator[tuple[int, Any]]:
        number = 0
        try:
            for record in self._elements():
                number += 1
                yield number, flat(record)
                self._watched.mark()
                record.clear()
        except DefusedXmlException as error:
            raise FileProblem(
                "xml_dtd", _("The file declares a document type or entities; such XML is never read.")
            ) from error
        except ParseError as error:
            raise self._broken(number, error) from error
        except (LookupError, ValueError) as error:
            raise FileProblem("not_xml", _("This XML cannot be read: %s.") % error) from error
        if not number and (others := elements_in(self._sample)):
            raise FileProblem(
                "no_list",
                _("The file has no element “%(path)s”. It holds: %(names)s.")
                % {"path": self.definition.records, "names": ", ".join(others)},
            )

    def _elements(self) -> Iterator[Element]:
        """The repeated elements; what was read is let go."""
        wanted = self.definition.records.strip("/").split("/")
        stack: list[Element] = []
        names: list[str] = []
        inside = 0  # how deep within a record
        for event, element in iterparse(self._watched, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                stack.append(element)
                names.append(_bare(element.tag))
                inside += inside > 0 or _fits(names, wanted)
                if len(names) > DEEPEST:
                    raise FileProblem("too_nested", _("The elements are nested too deeply."))
                continue
            stack.pop()
            names.pop()
            inside -= inside > 0
            if not inside:
                if _fits([*names, _bare(element.tag)], wanted):
                    yield element
                element.clear()
                if stack:
                    stack[-1].remove(element)

    @staticmethod
    def _broken(number: int, error: ParseError) -> FileProblem:
        line = error.position[0] if getattr(error, "position", None) else 0
        words = str(error).split(":")[0]
        if "no element found" in words or "unclosed" in words:
            return FileProblem("truncated", _("The file is cut off after record %d.") % number)
        return FileProblem(
            "not_xml",
            _("This is no valid XML, line %(line)d (after record %(number)d): %(why)s.")
            % {"line": line, "number": number, "why": words},
        )


def flat(element: Element) -> dict[str, Any]:
    """An element as a record: attributes with @, children by path; those that come twice are lists."""
    found: dict[str, Any] = {}
    pending: list[tuple[Element, str]] = [(element, "")]
    while pending:
        current, path = pending.pop()
        for name, value in current.attrib.items():
            _add(found, f"{path}@{_bare(name)}", value)
        children = list(current)
        if not children and path:
            _add(found, path.rstrip("/"), (current.text or "").strip())
        elif path and (text := "".join(current.itertext()).strip()) and any((c.tail or "").strip() for c in children):
            _add(found, path.rstrip("/"), text)
        pending += [(child, f"{path}{_bare(child.tag)}/") for child in reversed(children)]
    return found


def elements_in(sample: bytes) -> list[str]:
    """Names of elements near the top of an XML file."""
    found: list[str] = []
    names: list[str] = []
    try:
        for event, element in iterparse(_Bytes(sample), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                names.append(_bare(element.tag))
                if 2 <= len(names) <= 3 and "/".join(names) not in found:
                    found.append("/".join(names))
            else:
                names.pop()
                if len(names) > DEEPEST:
                    break
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        pass  # the sample ends somewhere
    return found[:20]


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        data, self._data = (self._data, b"") if size < 0 else (self._data[:size], self._data[size:])
        return data


def _add(found: dict[str, Any], name: str, value: str) -> None:
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _fits(names: list[str], wanted: list[str]) -> bool:
    return names[-1] == wanted[0] if len(wanted) == 1 else names == wanted


def _bare(tag: Any) -> str:
    return str(tag).rpartition("}")[2]
