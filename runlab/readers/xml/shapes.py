"""The shape of a point, as a pattern: devices write thousands of points that differ in their values only.

A point that has the shape of one the XML parser has read needs no parser: one match gives all its values. Whatever has
another shape, or a value with anything but plain characters in it, does not match and goes to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Match = Callable[[str, int], "re.Match[str] | None"]
Shape = tuple[Match, list[str]]

_BLANK = r"[ \t\r\n]*"
# Printable ASCII without <, & and ], beginning with something visible; in an attribute also without the quote.
_TEXT = r"([!-%'-;=-\\^-~][ -%'-;=-\\^-~]*)"
_VALUE = r"([!#-%'-;=-\\^-~][ !#-%'-;=-\\^-~]*)"
_ELEMENT = re.compile(r"<(/?)([^\s<>/]+)([^<>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r'\s+([^\s=<>"\']+)="([^"<>]*)"')
_LONGEST = 4000


def shape(point: str) -> Shape | None:
    """The pattern of a point and the names of its values in order; None if it holds more than elements and text.

    Two points have one shape if they differ in the text of their elements, the attributes of the point itself and
    blanks between elements only.

    >>> match, names = shape('<trkpt lat="60.1" lon="10.2"><ele>5</ele></trkpt>')
    >>> names, match('<trkpt lat="60.2" lon="10.3"> <ele>6</ele></trkpt>', 0).groups()
    (['lat', 'lon', 'ele'], ('60.2', '10.3', '6'))
    """
    if len(point) > _LONGEST or "<!" in point or "<?" in point:
        return None
    parts, names, end = [_BLANK], [], 0
    for found in _ELEMENT.finditer(point):
        closing, tag, attributes, text = found.groups()
        if found.start() != end:
            return None
        end = found.end()
        parts.append(re.escape(f"<{closing}{tag}"))
        if len(parts) == 2:
            names += [name for name, _ in _ATTRIBUTE.findall(attributes)]
            attributes = _ATTRIBUTE.sub("\0", attributes)
            if attributes.strip("\0 \t\r\n"):
                return None
            parts += [rf"\s+{re.escape(name)}=\"{_VALUE}\"" for name in names] + [_BLANK]
        else:
            parts.append(re.escape(attributes))
        parts.append(">")
        if not text.strip():
            parts.append(_BLANK if end < len(point) else "")
        elif closing or attributes.endswith("/"):
            return None
        else:
            names.append(tag)
            parts.append(_BLANK + _TEXT)
    return (re.compile("".join(parts)).match, names) if end == len(point) else None
