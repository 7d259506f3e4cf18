"""From bytes to points, whatever the state of the file: one pass of expat, no namespaces, no entities.

Device XML is small in vocabulary and often not quite XML: undeclared prefixes, blanks before the declaration, a cut
end. Expat without namespace processing accepts the first; the rest is mended here, each repair told in ``problems``.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Protocol, TypeVar
from xml.parsers import expat

from ...errors import FileError
from .shapes import Shape, shape

Row = dict[str, str]
Problem = tuple[str, str, str]

# A file damaged in more places than this, or read over more often than this, is given up there.
_RESTARTS, _PATIENCE = 100, 4
# Shapes of points that are kept, and how many points must be to come for a shape to be worth its making.
_SHAPES, _WORTH = 6, 50
# No device nests its elements anything like as deep.
_DEPTH = 200
_DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS = re.compile(r"iso-?8859|latin|windows|cp\d|koi8|mac|gb|big5|shift|euc")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_CONTROL_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")


class Handler(Protocol):
    """What a reader brings: a list that receives the points, and what to do with everything around them."""

    rows: list[Row]

    def begin(self, tag: str, attributes: Row, stack: list[str]) -> None:
        """An element outside the points begins; ``stack`` ends with it."""

    def finish(self, tag: str, text: str, stack: list[str]) -> None:
        """An element outside the points has ended; ``stack`` ends with its parent."""


class _Unclosed(Exception):
    """A point begins inside another, at the position given: the first one's end is lost."""


H = TypeVar("H", bound=Handler)


def utf8(data: bytes) -> bytes:
    """The document as UTF-8 from its first ``<`` on: no byte order mark, no blanks, no other encoding.

    >>> utf8(b"\\xef\\xbb\\xbf  <?xml version='1.0'?><gpx/>")
    b"<?xml version='1.0'?><gpx/>"
    >>> utf8("<gpx/>".encode("utf-16"))
    b'<gpx/>'
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        data = data.decode("utf-16", "replace").encode()
    first = data.find(b"<")
    data = data[max(first, 0) :]
    declared = _DECLARED.match(data)
    encoding = declared.group(1).decode().lower() if declared else "utf-8"
    if _ENCODINGS.match(encoding):
        try:
            return data.decode(encoding, "replace").encode()
        except (LookupError, ValueError):
            return data
    return data


def cleaned(data: bytes) -> bytes:
    """The document with what no XML may hold replaced: control characters, wrong UTF-8, lone ampersands.

    What stands in for a broken character is U+FFFD, which no number contains: a damaged number becomes no number,
    never another one.

    >>> cleaned(b"<name>Run & bike\\x02</name>").decode()
    '<name>Run &amp; bike\ufffd</name>'
    """
    text = data.decode("utf-8", "replace")
    text = _CONTROL_REFERENCE.sub("\ufffd", _CONTROL.sub("\ufffd", text))
    return _BARE_AMPERSAND.sub("&amp;", text).encode()


def walk(data: bytes, point: str, make: Callable[[], H], *, name: str = "") -> tuple[H, list[Problem], bool]:
    """Read a document point by point; whatever is damaged costs the points it stands in and no more.

    Every element called ``point`` (any prefix) becomes one dict of text in ``handler.rows``: its attributes and the
    text of every element within, under the names as written (of one that a point repeats, the last). Everything
    around the points is told to the handler. Where the XML breaks, reading goes on at the next point. Entity
    declarations are refused, so nothing expands and nothing is fetched.

    Takes: bytes, the local name of the point element, a function that makes an empty handler.
    Returns: the handler, the problems met as (where, reason, kept), and whether the document was whole.
    Raises: FileError if the document declares entities.

    >>> class Points:
    ...     def __init__(self): self.rows = []
    ...     def begin(self, tag, attributes, stack): pass
    ...     def finish(self, tag, text, stack): pass
    >>> handler, problems, complete = walk(b"<gpx><trkpt lat='1'><ele>7</ele></trkpt><trkpt", "trkpt", Points)
    >>> handler.rows, complete
    ([{'lat': '1', 'ele': '7'}], False)
    """
    skipped = max(data.find(b"<"), 0)
    junk = data[:skipped].strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00")
    problems: list[Problem] = [("byte 0", f"{len(junk)} bytes before the document", "everything after")] if junk else []
    data = utf8(data)
    handler, broken = _attempt(data, point, make(), problems, name)
    if broken:
        mended = cleaned(data)
        if mended != data:
            problems = [*problems[: bool(junk)], ("document", "characters that XML does not allow", "all but those")]
            handler, broken = _attempt(mended, point, make(), problems, name)
    return handler, problems, not broken


def _attempt(data: bytes, point: str, handler: H, problems: list[Problem], name: str) -> tuple[H, bool]:
    """One reading of the document; returns the handler and whether anything was lost."""
    rows = handler.rows
    opened: list[str] = []  # tags as written
    stack: list[str] = []  # the same without their prefixes
    text: list[str] = []
    row: Row = {}
    point_tag = point
    point_begin = point_end = base = 0

    def start(tag: str, attributes: Row) -> None:
        nonlocal row, point_tag, point_begin
        text.clear()
        local = tag.rpartition(":")[2]
        if local == point:
            # Inside a point only the ends matter: text comes with the blanks before it, and numbers do not mind.
            row, point_tag, point_begin = attributes, tag, parser.CurrentByteIndex + base
            parser.StartElementHandler, parser.EndElementHandler = None, end_inside
            return
        opened.append(tag)
        stack.append(local)
        if len(stack) > _DEPTH:
            raise FileError(f"{name or 'the file'}: elements nested more than {_DEPTH} deep; refused as unsafe")
        handler.begin(local, attributes, stack)

    def end_inside(tag: str) -> None:
        nonlocal point_end
        if tag == point_tag:
            point_end = parser.CurrentByteIndex + base
            inner = opening.search(data, point_begin + 1, point_end)
            if inner:
                raise _Unclosed(inner.start())
            rows.append(row)
            text.clear()
            parser.StartElementHandler, parser.EndElementHandler = start, end
        elif text:
            value = text.pop()
            if text:
                value = "".join([*text, value])
                text.clear()
            if not value.isspace():
                row[tag] = value

    def end(tag: str) -> None:
        opened.pop()
        handler.finish(stack.pop(), "".join(text).strip(), stack)
        text.clear()

    def entity(*_: object) -> None:
        raise FileError(f"{name or 'the file'}: declares XML entities, as no watch or platform does; refused as unsafe")

    prefixed = rb"(?:[\w.-]+:)?" + point.encode()
    opening, closing = re.compile(rb"<" + prefixed + rb"[\s>/]"), re.compile(rb"</" + prefixed + rb"\s*>")
    letters = data.decode("latin-1")  # one letter per byte, so that positions agree
    shapes: list[Shape] = []
    position = parsed = known = spent = 0
    for restart in range(_RESTARTS + 1):
        if restart and not opened:  # the root itself was lost; points without one would end the document
            opened.append("document")
            stack.append("document")
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        prelude = "".join(f"<{tag}>" for tag in opened).encode()
        text.clear()
        begun, base = position, position - len(prelude)
        try:
            parser.Parse(prelude)
            parser.StartElementHandler, parser.EndElementHandler = start, end
            parser.CharacterDataHandler, parser.EntityDeclHandler = text.append, entity
            while parsed <= max(_WORTH, len(rows) // 2) and (found := closing.search(data, position)):
                parser.Parse(data[position : found.end()])
                position, parsed = found.end(), parsed + 1
                # Only where the parser has just closed a point is it known that markup comes next.
                if point_end == found.start():
                    if len(shapes) < _SHAPES and len(data) - position > _WORTH * (position - point_begin):
                        learnt = shape(letters[point_begin:position])
                        shapes += [learnt] if learnt else []
                    after = _alike(letters, position, shapes, rows)
                    base, position, known = base + after - position, after, after
            parser.Parse(memoryview(data)[position:], True)
            return handler, restart > 0
        except _Unclosed as unclosed:
            problems.append((f"byte {point_begin}", "a point without its end", "the points before and after"))
            position = unclosed.args[0]
            continue
        except expat.ExpatError as error:
            wrong = max(parser.ErrorByteIndex + base, 0)
            reason = expat.errors.messages.get(error.code, str(error))
        # On from the last point begun, not from the error: a comment without an end may have hidden what lies between.
        onward = opening.search(data, max(begun + 1, point_begin + 1, known))
        spent += max(wrong - begun, 0)
        if reason == expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT and onward is None:
            problems.append((f"byte {wrong}", "more data after the end of the document", "the document"))
            return handler, restart > 0
        if onward is None or restart == _RESTARTS or spent > _PATIENCE * len(data):
            problems.append(
                (
                    f"byte {wrong} of {len(data)}",
                    f"the XML is cut or damaged ({reason})",
                    f"the {len(rows)} points before",
                )
            )
            return handler, True
        problems.append(
            (
                f"byte {wrong}",
                f"the XML is damaged ({reason})",
                f"the points before, and those from byte {onward.start()} on",
            )
        )
        position = onward.start()
    return handler, True


def _alike(letters: str, position: int, shapes: list[Shape], rows: list[Row]) -> int:
    """Take every point from a position on that has a known shape; returns the position after them."""
    before = -1
    while position != before:
        before = position
        for match, names in shapes:
            while found := match(letters, position):
                rows.append(dict(zip(names, found.groups(), strict=True)))
                position = found.end()
    return position
