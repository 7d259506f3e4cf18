"""What a title says of a run: the kind of session it names, in twenty languages, or nothing."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from .. import data

# The hardest thing named is what a session was for.
ORDER = ("hills", "threshold", "tempo", "interval", "long", "recovery", "easy")
NEAR = 4  # words between "after" or "before" and the other day's session
_ASIAN = r"\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f"
_TIMES = r"x|×|\*|✕|х|by|mal|fois|por|keer|ganger|gånger|gange|razy|krat|kertaa|kez|по|times|本|組|组|个|個|回|회|次"
_UNITS = {
    "m": r"m|米|м|미터|met(?:er|re|ri|ros|res|row)s?",
    "km": r"km|k|公里|キロ|км|킬로|kilomet\w+",
    "mi": r"mi|mile|miles",
    "s": r"s|sec|secs|sek|seconds?|sekund\w*|secondes?|segundos?|secondi|sn|秒|초|с|сек\w*|\"|''",
    "min": r"min|mins|minutes?|minut\w*|dk|分|분|мин\w*|'|′",
}
# What one repetition can be, by unit; a bare number is metres.
_RANGES = {"": (100, 6000), "m": (50, 6000), "km": (0.2, 6), "mi": (0.2, 3), "s": (8, 900), "min": (0.4, 40)}
_NUMBER = r"(\d{1,4}(?:[.,]\d+)?)"
_UNIT = "|".join(f"(?P<{{0}}{name}>{words})" for name, words in _UNITS.items())
_END = r"(?![^\W\d_" + _ASIAN + "])"  # no letter goes on
_SETS = re.compile(  # "10 x 400 m", "400m×10"
    rf"(?<![\d.,])(\d{{1,2}})\s*(?:{_TIMES})\s*[(\[]?\s*{_NUMBER}\s*(?:(?:{_UNIT.format('a_')}){_END})?"
    rf"|(?<![\d.,]){_NUMBER}\s*(?:{_UNIT.format('b_')})\s*(?:{_TIMES})\s*(\d{{1,2}})(?!\d)"
    rf"|(?<![\d.,])(\d{{1,2}})\s*x\s*miles?\b"
)
_SETS_OF_SETS = re.compile(r"(?<![\d.,])\d{1,2}\s*[x×*]\s*(?=\d{1,2}\s*[x×*])")
_ON_OFF = re.compile(r"(?<!\d)(?:60[/-]60|45[/-]15|40[/-]20|30[/-]30|30[/-]15|20[/-]10|15[/-]15)(?!\d)")
_BARE_SETS = re.compile(r"(?<![\d.,])\d{1,2}\s*[x×*]\s*\d{1,2}(?![\d.,])")
_WORD = re.compile(rf"[^\W_{_ASIAN}]+|[{_ASIAN}]")
_BREAK = re.compile(
    r"[,;:+/|·•()\[\]!?&、。，；：（）【】～~–—]|\.(?=\s|$)|\s-\s|\b(?:but|then|aber|mais|pero|ma|mas|maar|men|ale|но)\b"
)


class Said(NamedTuple):
    """What a title says: the type of session ("" = nothing), and the words it says it with."""

    kind: str
    words: str


class _Words(NamedTuple):
    phrases: dict[str, dict[tuple[str, ...], str]]  # by first word
    stems: dict[str, str]
    asian: re.Pattern[str]
    roles: dict[str, str]


class _Mark(NamedTuple):
    role: str
    text: str


_LETTERS = {ord(letter): plain for letter, plain in zip("øłđæœı", ("o", "l", "d", "ae", "oe", "i"), strict=True)}


def _plain(text: str) -> str:
    """Small letters without accents, apostrophes and hyphens; other scripts as they are."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("’", "'").replace("`", "'")
    out = []
    for letter in text:
        base = unicodedata.normalize("NFD", letter)[0]
        out.append(base if base.isascii() else letter)
    plain = "".join(out).translate(_LETTERS)
    return "".join(letter for letter in plain if not unicodedata.combining(letter) or not letter.isprintable())


@functools.cache
def _words() -> _Words:
    phrases: dict[str, dict[tuple[str, ...], str]] = {}
    stems: dict[str, str] = {}
    roles: dict[str, str] = {}
    for role, by_language in data.table("session_titles").items():
        for line in by_language.values():
            for word in line.split("|"):
                weak, word = word.startswith("="), _plain(word.removeprefix("=")).strip()
                name = f"={role}" if weak else role
                if re.search(f"[{_ASIAN}]", word):
                    both = role == "not_behind" and roles.get(word) == "not"
                    roles[word] = "not not_behind" if both else roles.get(word, name)
                    continue
                parts = tuple(re.findall(r"[\w*]+", word))
                if len(parts) == 1 and word.endswith("*"):
                    stems.setdefault(word[:-1], name)
                    continue
                found = phrases.setdefault(parts[0], {})
                both = role == "not_behind" and found.get(parts) == "not"
                found[parts] = "not not_behind" if both else found.get(parts, name)
    asian = re.compile("|".join(map(re.escape, sorted(roles, key=len, reverse=True))))
    return _Words(phrases, stems, asian, roles)


def _is_set(match: re.Match[str]) -> bool:
    """Whether "n x amount" can be repetitions of a run: two or more, and neither push-ups nor kilos."""
    groups = match.groupdict()
    unit = next((name[2:] for name, text in groups.items() if text), "")
    numbers = [g for g in match.groups() if g and re.fullmatch(r"\d[\d.,]*", g)]
    if len(numbers) == 1:  # "3 x mile"
        return 2 <= int(numbers[0]) <= 20
    first, second = (float(n.replace(",", ".")) for n in numbers)
    count, amount = (second, first) if any(groups[n] for n in groups if n.startswith("b_")) else (first, second)
    low, high = _RANGES[unit]
    return 2 <= count <= 60 and low <= amount <= high


def _marks(title: str) -> list[_Mark]:
    """A title cut into marks: repetitions, breaks, known phrases and words, other words ("")."""
    words, text = _words(), _plain(title)
    sets: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if not _is_set(match):
            return match.group()
        sets.append(match.group())
        return " \x01 "

    text = _SETS.sub(keep, _SETS_OF_SETS.sub("", _ON_OFF.sub("10x60s", text)))
    text = _BREAK.sub(" \x02 ", _BARE_SETS.sub(" \x03 ", text))
    found: list[_Mark] = []
    plain: list[str] = []

    def flush() -> None:
        found.extend(_phrases(plain, words))
        plain.clear()

    at = 0
    while at < len(text):
        asian = words.asian.match(text, at)
        if asian and not (asian.group()[0].isascii() and at and text[at - 1].isascii() and text[at - 1].isalnum()):
            flush()
            found.append(_Mark(words.roles[asian.group()], asian.group()))
            at = asian.end()
            continue
        if text[at] in "\x01\x02\x03":
            flush()
            role = {"\x01": "sets", "\x02": "break", "\x03": "=interval"}[text[at]]
            found.append(_Mark(role, sets.pop(0).strip() if role == "sets" else "" if role == "break" else "sets"))
            at += 1
            continue
        word = _WORD.match(text, at)
        if word is None:
            at += 1
            continue
        plain.append(word.group())
        at = word.end()
    flush()
    return found


def _phrases(plain: list[str], words: _Words) -> list[_Mark]:
    out, i = [], 0
    while i < len(plain):
        for parts, role in sorted(words.phrases.get(plain[i], {}).items(), key=lambda entry: -len(entry[0])):
            there = plain[i : i + len(parts)]
            ending = parts[-1].endswith("*")
            last = there[-1].startswith(parts[-1][:-1]) if ending else there[-1] == parts[-1]
            if len(there) == len(parts) and tuple(there[:-1]) == parts[:-1] and last:
                out.append(_Mark(role, " ".join(there)))
                i += len(parts)
                break
        else:
            stem = next((plain[i][:k] for k in range(len(plain[i]), 1, -1) if plain[i][:k] in words.stems), "")
            role = words.stems.get(stem, "neutral" if plain[i][0].isdigit() or plain[i] == "x" else "")
            out.append(_Mark(role, plain[i]))
            i += 1
    return out


def _denied(marks: list[_Mark]) -> set[int]:
    """Which marks a title takes back: "no intervals", "easy instead of tempo", "after the long run"."""
    out: set[int] = set()
    for i, role in ((i, role) for i, mark in enumerate(marks) for role in mark.role.split()):
        if not role.startswith(("not", "day")):
            continue
        step = -1 if role.endswith("behind") else 1
        reach = {"day": NEAR, "day_behind": 1}.get(role, len(marks))
        j, far = i + step, 0
        while 0 <= j < len(marks) and marks[j].role != "break" and far < reach:
            if _kind(marks[j]):
                out.add(j)
                if role.startswith("day"):
                    break
            j, far = j + step, far + 1
    return out


def _kind(mark: _Mark) -> str:
    name = "interval" if mark.role == "sets" else mark.role.removeprefix("=")
    return name if name in ORDER else ""


@functools.lru_cache(maxsize=8192)
def title_type(title: str) -> Said:
    """The type of session a title names, and the words that name it.

    Definition: words and phrases of ``data/session_titles.toml``, as whole words, the longest first. Of several types
    the hardest counts (hills, threshold, tempo, interval, long, recovery, easy): "easy + 6 x 400 m" was for the
    400s. Repetitions ("10 x 60 s", "400m×10") are interval, or the hills or tempo beside them. Strides change
    nothing, and alone are an easy run. What is denied (no, instead of, cancelled) or another day's (after, before,
    yesterday) does not count. Words that mean many things (hills, long, track) count only where nothing else in the
    title is of weight: "Hills" is hills, "easy 10k with hill views" is easy.

    Takes a title. Returns ``Said(kind, words)``; kind is "" where the title names none. Races are not judged here
    (``races.race_signs``). Evidence: D; lists made by hand.

    >>> title_type("10 x 60 s hills"), title_type("Langer Lauf mit 4 Steigerungen").kind
    (Said(kind='hills', words='10 x 60 s, hills'), 'long')
    >>> title_type("Easy instead of intervals").kind, title_type("Morning Run").kind
    ('easy', '')
    """
    marks = _marks(title)
    strides = [i for i, mark in enumerate(marks) if mark.role == "strides"]
    out = _denied(marks)
    beside = {j for i in strides for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < len(marks)}
    out |= {j for j in beside if marks[j].role in ("sets", "=interval") and not _apart(marks, j, strides)}
    live = [mark for i, mark in enumerate(marks) if i not in out]
    strong = [mark for mark in live if _kind(mark) and not mark.role.startswith("=")]
    weak = [mark for mark in live if mark.role.startswith("=")]
    known = all(m.role for m in live)
    if not strong and not known:
        weak = []
    said = strong or weak
    if any(mark.role == "sets" for mark in strong) and not any(_kind(mark) in ORDER[:3] for mark in strong):
        said = strong + [mark for mark in weak if _kind(mark) in ORDER[:3]]
    if not said:
        return Said("easy", marks[strides[0]].text) if strides else Said("", "")
    kind = min((_kind(mark) for mark in said), key=ORDER.index)
    hard = kind in ORDER[:3]
    return Said(kind, ", ".join(m.text for m in said if _kind(m) == kind or (hard and m.role == "sets")))


def _apart(marks: list[_Mark], j: int, strides: list[int]) -> bool:
    """Whether something of weight, or a break, lies between repetitions and the strides beside them."""
    near = min(strides, key=lambda i: abs(i - j))
    return any(m.role not in ("neutral", "") for m in marks[min(near, j) + 1 : max(near, j)])
