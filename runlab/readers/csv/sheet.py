"""Bytes to a sheet: encoding, delimiter, quotes, preamble, header row, ragged rows. No meaning yet."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from ... import tables
from ...errors import FileError
from .dictionaries import UNIT_WORDS

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 500_000
MAX_COLUMNS = 1_000
DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 40  # rows looked at for a header; older exports have a title above it
_NEWLINE = re.compile(r"\r\n|\r|\n")
_TAG = re.compile(r"<[^<>]*>")
_SEP = re.compile(r"\ufeff?\s*\"?sep=(.)\"?\s*\r?\n", re.IGNORECASE)
MAX_PROBLEMS = 500


@dataclass
class Findings:
    """What a reader decided and what it could not read, gathered while it reads one file.

    >>> found = Findings("log.csv")
    >>> found.problem("line 3, column 'HR'", "cannot read 'high' as a number", "left empty", "correct the cell")
    >>> found.problems[0]["where"]
    "line 3, column 'HR'"
    """

    path: str
    problems: list[dict[str, str]] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    untold: int = 0

    def problem(self, where: str, reason: str, kept: str, action: str) -> None:
        """Note one thing that could not be read or trusted; after many, only count."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.untold += 1
            return
        self.problems.append(
            {"path": self.path, "activity_id": "", "where": where, "reason": reason, "kept": kept, "action": action}
        )

    def decide(self, sentence: str) -> None:
        """Note a decision that was taken from the content, once."""
        if sentence and sentence not in self.decisions:
            self.decisions.append(sentence)


def problems_table(found: Findings) -> pd.DataFrame:
    """The problems met in a file as a table.

    >>> problems_table(Findings("log.csv")).columns.tolist()
    ['path', 'activity_id', 'where', 'reason', 'kept', 'action']
    """
    rows = list(found.problems)
    if found.untold:
        rows.append(
            {
                "path": found.path,
                "activity_id": "",
                "where": "",
                "reason": f"{found.untold:,} more problems like these",
                "kept": "what could be read",
                "action": "correct the ones above first",
            }
        )
    return tables.conform(pd.DataFrame(rows), tables.PROBLEMS) if rows else tables.empty(tables.PROBLEMS)


@dataclass(frozen=True)
class Sheet:
    """A header and rows of the same length, with the line each row stood on.

    >>> Sheet(["Date"], [["2026-05-01"]], [2], 1, ",", "utf-8", []).header
    ['Date']
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    header_line: int
    delimiter: str
    encoding: str
    preamble: list[list[str]]

    def column(self, index: int) -> list[str]:
        """The cells of one column."""
        return [row[index] for row in self.rows]


def decode(data: bytes, name: str = "csv") -> tuple[str, str]:
    """Text of a file and its encoding: what the first bytes state, else UTF-8, else Windows/Latin-1.

    >>> decode("Läufe".encode("latin-1"))
    ('Läufe', 'cp1252')
    """
    if len(data) > MAX_BYTES:
        raise FileError(
            f"{name}: {len(data):,} bytes is more than a table of runs holds (limit {MAX_BYTES:,}); split the file"
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise FileError(f"{name}: damaged UTF-16 text at byte {error.start}; save it as CSV (UTF-8)") from None
    sample = data[:4096]
    for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(sample) >= 4 and sample[offset::2].count(0) > 0.7 * len(sample[offset::2]):
            text = data.decode(encoding, errors="replace")
            return text, encoding
    if b"\x00" in data:
        raise FileError(f"{name}: not text (a zero byte at {data.index(0)}); export it as CSV")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


@lru_cache(maxsize=4096)
def normalise(header: str) -> str:
    """A header as the dictionaries spell it: no case, tags, marks or doubled blanks.

    >>> normalise(' <span class="x">Start_Time</span>: '), normalise("Training Stress Score®"), normalise("#time")
    ('start time', 'training stress score', 'time')
    """
    text = unicodedata.normalize("NFKC", _TAG.sub("", header)).casefold()
    text = re.sub(r"[®™\"'?#\ufeff]|\.(?=\s|$|\()", "", text).replace("_", " ")
    return re.sub(r"\s+", " ", text).strip(" .*:")


def _rows(text: str, delimiter: str, limit: int | None = None) -> tuple[list[list[str]], list[int], int]:
    """Rows, the line each starts on, and the line of a quote that is never closed (0 if all are)."""
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False, skipinitialspace=True)
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
            if limit and len(rows) >= limit:
                break
            if len(rows) > MAX_ROWS:
                break
    except csv.Error:
        return rows, lines, before + 1
    # A row that swallowed many lines up to the end of the file holds a quote that was never closed.
    if rows and not limit and before - lines[-1] >= 1 and _unclosed(text, lines[-1]):
        return rows[:-1], lines[:-1], lines[-1]
    return rows, lines, 0


def _unclosed(text: str, line: int) -> bool:
    return "\n".join(_NEWLINE.split(text)[line - 1 :]).count('"') % 2 == 1


def _is_blank(row: list[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _unwrap(rows: list[list[str]], delimiter: str) -> list[list[str]]:
    """Rows that a spreadsheet quoted as a whole, taken apart again."""
    out = []
    for row in rows:
        if len(row) == 1 and delimiter in row[0] and len(row[0]) < 100_000:
            with contextlib.suppress(csv.Error):
                row = next(csv.reader([row[0]], delimiter=delimiter, skipinitialspace=True), row)
        out.append(row)
    return out


def split(text: str, known: Collection[str], found: Findings, *, encoding: str, name: str) -> Sheet:
    """The sheet of a text: the delimiter and header row under which most headers are ``known`` (or look it).

    >>> text = "My runs\\n\\nDate;Km\\n2026-05-01;10,2\\n"
    >>> sheet = split(text, {"date", "km"}, Findings(""), encoding="utf-8", name="")
    >>> sheet.header, sheet.rows, sheet.lines, sheet.delimiter
    (['Date', 'Km'], [['2026-05-01', '10,2']], [4], ';')
    """
    told = _SEP.match(text)
    best: tuple[float, int, str] = (-1.0, 0, ",")
    for delimiter in (told[1],) if told and told[1] in DELIMITERS else DELIMITERS:
        head, _, _ = _rows(text[:200_000], delimiter, limit=_HEADER_WITHIN)
        for i, row in enumerate(_unwrap(head, delimiter)):
            cells = [normalise(c) for c in row if len(c) < 400]
            hits = sum(is_known(c, known) for c in cells if c)
            score = hits + (0.001 * min(len(row), 200) if hits else 0) - 0.0001 * i
            if hits and score > best[0]:
                best = (score, i, delimiter)
    score, at, delimiter = best
    if score < 0:
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        raise FileError(
            f"{name}: no header row that runlab knows in the first {_HEADER_WITHIN} rows; line 1 reads "
            f"{first[:120]!r}. Add a header row, or name the columns under [columns] in athlete.toml"
        )
    rows, lines, broken = _rows(text, delimiter)
    if len(rows) + (text.count("\n") if broken else 0) > MAX_ROWS:
        raise FileError(f"{name}: more than {MAX_ROWS:,} rows; split the file")
    if broken:
        found.problem(
            f"line {broken}",
            "a quote is opened here and never closed, or a cell is endless",
            "the rows after it, read without quotes",
            "close or remove the quote",
        )
        for i, rest in enumerate(_NEWLINE.split(text)[broken - 1 :]):
            rows.append([cell.strip().strip('"') for cell in rest.split(delimiter)])
            lines.append(broken + i)
    rows = _unwrap(rows, delimiter)
    if at >= len(rows):
        raise FileError(f"{name}: the quotes of the header row are damaged; export the file again")
    header = [cell.strip() for cell in rows[at]]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise FileError(f"{name}: {len(header):,} columns in line {lines[at]}; no table of runs has that many")
    kept, kept_lines = _level(rows[at + 1 :], lines[at + 1 :], header, found)
    preamble = [row for row in rows[:at] if not _is_blank(row)]
    return Sheet(header, kept, kept_lines, lines[at], delimiter, encoding, preamble)


def _level(
    rows: list[list[str]], lines: list[int], header: list[str], found: Findings
) -> tuple[list[list[str]], list[int]]:
    """Rows as long as the header; a longer row with something beyond it is out of line and left out."""
    n = len(header)
    kept, kept_lines = [], []
    for row, line in zip(rows, lines, strict=True):
        if _is_blank(row):
            continue
        if len(row) > n:
            if not _is_blank(row[n:]):
                found.problem(
                    f"line {line}",
                    f"{len(row)} cells under {n} headers, so they do not line up",
                    "nothing of this line",
                    "put texts and numbers that hold the delimiter into quotes",
                )
                continue
            row = row[:n]
        elif len(row) < n:
            row = row + [""] * (n - len(row))
        if [c.strip() for c in row] == header:
            continue  # the header again, where exports were pasted below one another
        kept.append(row)
        kept_lines.append(line)
    return kept, kept_lines


_UNIT_TAIL = re.compile(r"(.*?)\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]")


def unit_tail(header: str, words: Collection[str]) -> tuple[str, str]:
    """A normalised header without the unit it ends with, and that unit's word.

    >>> unit_tail("distance (mi)", UNIT_WORDS), unit_tail("distance km", UNIT_WORDS), unit_tail("pace", UNIT_WORDS)
    (('distance', 'mi'), ('distance', 'km'), ('pace', ''))
    """
    if (match := _UNIT_TAIL.fullmatch(header)) and match[1]:
        return (match[1].strip(), match[2]) if match[2] in words else (header, "")
    parts = header.split(" ")
    for size in (3, 2, 1):
        if len(parts) > size and (word := " ".join(parts[-size:])) in words:
            head = parts[:-size]
            if len(head) > 1 and head[-1] == "in":
                head = head[:-1]
            return " ".join(head), word
    if "/" in header:
        before, _, after = header.rpartition("/")
        if before and f"/{after}" in words:
            return before.strip(), f"/{after}"
    return header, ""


def is_known(header: str, known: Collection[str]) -> bool:
    """Whether a normalised header is in a dictionary, as it stands or without its unit.

    >>> is_known("distance (mi)", {"distance"}), is_known("weather", {"distance"})
    (True, False)
    """
    return header in known or unit_tail(header, UNIT_WORDS)[0] in known
