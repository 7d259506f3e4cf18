"""Which files there are: folders walked, archives looked into, nothing unpacked to disk."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ..errors import FileError
from ..readers import detect

SUFFIXES = (".fit", ".gpx", ".tcx", ".csv")
SQUAD_TABLES = ("plan.csv", "events.csv", "wellness.csv", "races.csv", "strength.csv", "fuel.csv")

LARGEST_MEMBER = 1 << 30
MOST_MEMBERS = 500_000
LARGEST_RATIO = 300  # no text of numbers packs better than this; a bomb does
_SUSPICIOUS = 50 << 20
_SNIFFED = 4096  # bytes of a file that tell what it is


@dataclass(frozen=True)
class Source:
    """One file to read: on disk, or a member of a zip, perhaps of a zip in a zip.

    ``path`` is how it is called in tables (relative to the log's folder, with the members' names behind the zip's);
    ``size`` and ``stamp`` tell whether it has changed (modification time, or the member's CRC).

    >>> Source("/data/run.fit", (), "run.fit", "kim", 10, 0).path
    'run.fit'
    """

    file: str
    inside: tuple[str, ...]
    path: str
    athlete: str
    size: int
    stamp: int

    def read(self) -> bytes:
        """The bytes. Raises FileError where they cannot be had."""
        if not self.inside:
            try:
                return Path(self.file).read_bytes()
            except OSError as error:
                raise FileError(f"{self.path}: cannot be opened ({error.strerror or error})") from None
        archive = _archive(self.file, self.stamp_of_file(), self.inside[:-1], os.getpid())
        try:
            info = archive.getinfo(self.inside[-1])
        except KeyError:
            raise FileError(f"{self.path}: no longer in the archive; open the log again") from None
        return _member(archive, info, self.path)

    def stamp_of_file(self) -> int:
        """When the file on disk changed last: an archive kept open is of no use once it did."""
        try:
            return Path(self.file).stat().st_mtime_ns
        except OSError:
            return 0


def file_source(file: Path, root: Path, athlete: str = "") -> Source:
    """The source a plain file is.

    >>> file_source(Path(__file__), Path(__file__).parent, "kim").path
    'sources.py'
    """
    found = file.stat()
    return Source(str(file), (), _relative(file, root), athlete, found.st_size, found.st_mtime_ns)


def sources(
    path: Path,
    root: Path,
    athlete: str = "",
    *,
    leave_out: frozenset[str] = frozenset(),
) -> tuple[list[Source], list[dict[str, str]]]:
    """Every file that may hold activities in a file, folder or zip, in order, and the archives that cannot be opened.

    What a file is its first bytes say, not its name: a FIT file may be called anything; only CSV needs its suffix, as
    any text could be one. Hidden files, macOS leftovers and other formats are passed over; so are the many other tables
    of a Strava export. ``leave_out`` names files of the top folder.

    >>> found, problems = sources(Path(__file__).parent, Path(__file__).parent)
    >>> found, problems
    ([], [])
    """
    found: list[Source] = []
    problems: list[dict[str, str]] = []
    files = [path] if path.is_file() else list(_walk(path, leave_out))
    for file in files:
        try:
            kind = _kind(_head(file), file.name)
            if kind == "zip":
                inside, wrong = _members(file, root, athlete)
                found += inside
                problems += wrong
            elif kind or file == path:
                found.append(file_source(file, root, athlete))
        except (FileError, OSError) as error:
            problems.append(problem(_relative(file, root), str(error)))
    return _without_export_tables(found), problems


def resolve(root: Path, path: str) -> Source:
    """The source behind a path of a table.

    Raises FileError if it is gone.

    >>> resolve(Path(__file__).parent, "sources.py").inside
    ()
    """
    parts = PurePosixPath(path).parts
    for depth in range(len(parts), 0, -1):
        file = root.joinpath(*parts[:depth])
        if file.is_file():
            plain = file_source(file, root)
            if depth == len(parts):
                return plain
            rest, names = "/".join(parts[depth:]), tuple[str, ...]()
            # a member's own name has slashes, and a zip in the zip may be called anything
            members = _archive(plain.file, plain.stamp, (), os.getpid()).namelist()
            outer = next((name for name in members if rest.startswith(f"{name}/") and not name.endswith("/")), "")
            if outer and rest not in members:
                rest, names = rest[len(outer) + 1 :], (outer,)
            return Source(plain.file, (*names, rest), path, "", 0, 0)
    raise FileError(f"{path}: the file is no longer under {root}; open the log again, or save it with its records")


def problem(
    path: str, reason: str, *, activity_id: str = "", where: str = "", kept: str = "nothing", action: str = ""
) -> dict[str, str]:
    """A row of ``tables.PROBLEMS``.

    >>> problem("a.fit", "0 bytes")["kept"]
    'nothing'
    """
    reason = reason.removeprefix(f"{path}: ")
    return {"path": path, "activity_id": activity_id, "where": where, "reason": reason, "kept": kept, "action": action}


def _walk(folder: Path, leave_out: frozenset[str]) -> Iterator[Path]:
    entries = sorted(folder.iterdir(), key=lambda p: p.name)
    export = _is_export({p.name for p in entries})
    for entry in entries:
        if _is_hidden(entry.name) or entry.name in leave_out:
            continue
        if entry.is_dir():
            if not entry.is_symlink() and not (export and entry.name == "routes") and not is_saved(entry):
                yield from _walk(entry, frozenset())
        elif entry.is_file():  # a pipe would never answer
            yield entry


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_SNIFFED)


def _kind(head: bytes, name: str) -> str:
    """What a file is by its first bytes: "zip", "file" (one to read), or "" for one to pass over.

    >>> _kind(b"PK\x03\x04", "run.fit"), _kind(bytes(8) + b".FIT", "17"), _kind(b"<gpx>", "a.xml"), _kind(b"", "a.csv")
    ('zip', 'file', 'file', 'file')
    >>> _kind(b"Date,Km", "notes.txt"), _kind(b"see <gpx>", "notes.md")
    ('', '')
    """
    suffix = _suffix(name)
    if head[:4] == b"PK\x03\x04":
        return "zip"
    if suffix in SUFFIXES:
        return "file"
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _SNIFFED)
        except zlib.error:
            return ""
    is_markup = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"
    if detect(head) in (("fit", "gpx", "tcx") if is_markup else ("fit",)):
        return "file"
    return "zip" if suffix == ".zip" else ""


def is_saved(path: Path) -> bool:
    """Whether a folder is a saved log.

    >>> is_saved(Path("nowhere"))
    False
    """
    return (path / "log.json").is_file() and (path / "activities.parquet").is_file()


def _members(
    file: Path,
    root: Path,
    athlete: str,
    inside: tuple[str, ...] = (),
) -> tuple[list[Source], list[dict[str, str]]]:
    """The files in an archive, and in archives in it: one level, which is what exports have."""
    path = "/".join((_relative(file, root), *inside))
    found: list[Source] = []
    problems: list[dict[str, str]] = []
    archive = _archive(str(file), file.stat().st_mtime_ns, inside, os.getpid())
    for info in _listed(archive, path):
        name, where = info.filename, f"{path}/{info.filename}"
        if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts:
            # Nothing is written, so it could do no harm; but no honest program writes such a name.
            reason = "its name points outside the archive"
            problems.append(problem(where, reason, action="find out who made the archive"))
            continue
        kind = _kind(_head_of(archive, info), name)
        if kind == "file":
            found.append(Source(str(file), (*inside, name), where, athlete, info.file_size, info.CRC))
        elif kind and not inside:
            try:
                more, wrong = _members(file, root, athlete, (name,))
            except FileError as error:
                more, wrong = [], [problem(where, str(error))]
            found += more
            problems += wrong
    return found, problems


def _head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The first bytes of a member; none where it is locked or damaged, which its reading will say."""
    try:
        with archive.open(info) as member:
            return member.read(_SNIFFED)
    except Exception:  # zipfile and its codecs raise half a dozen kinds
        return b""


def _listed(archive: zipfile.ZipFile, path: str) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise FileError(f"{path}: the archive lists {len(infos):,} files; that is no export")
    wanted = [
        i for i in infos if not i.is_dir() and not any(_is_hidden(part) for part in PurePosixPath(i.filename).parts)
    ]
    return sorted(wanted, key=lambda i: i.filename)


@lru_cache(maxsize=4)
def _archive(file: str, stamp: int, inside: tuple[str, ...], process: int) -> zipfile.ZipFile:
    """An open archive; a zip in a zip is held in memory. ``stamp`` makes a changed file a new one.

    A handle that came through a fork shares its place in the file with the parent's: each ``process`` opens its own.
    """
    try:
        if not inside:
            return zipfile.ZipFile(file)
        outer = _archive(file, stamp, inside[:-1], process)
        name = "/".join((Path(file).name, *inside))
        return zipfile.ZipFile(io.BytesIO(_member(outer, outer.getinfo(inside[-1]), name)))
    except (zipfile.BadZipFile, OSError, KeyError) as error:
        name = "/".join((Path(file).name, *inside))
        raise FileError(f"{name}: not a zip archive that can be opened ({error})") from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes:
    """The bytes of a member, within reason; they stay in memory, so that no name can point anywhere."""
    if info.file_size > LARGEST_MEMBER:
        raise FileError(f"{path}: unpacks to {info.file_size >> 20:,} MB; that is no activity")
    if info.file_size > _SUSPICIOUS and info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
        raise FileError(f"{path}: packed more than {LARGEST_RATIO} times smaller, as archives that fill the disk are")
    if info.flag_bits & 0x1:
        raise FileError(f"{path}: the archive is locked with a password; unpack it first")
    try:
        with archive.open(info) as member:
            return member.read(LARGEST_MEMBER)
    except Exception as error:  # zipfile and its codecs raise half a dozen kinds for damaged members
        raise FileError(f"{path}: damaged inside its archive ({error})") from None


def _suffix(name: str) -> str:
    name = name.lower().removesuffix(".gz")
    return next((s for s in (*SUFFIXES, ".zip") if name.endswith(s)), "")


def _is_hidden(name: str) -> bool:
    return name != ".." and name.startswith((".", "__MACOSX"))


def _is_export(names: set[str]) -> bool:
    return {"activities.csv", "activities"} <= names


def _without_export_tables(found: list[Source]) -> list[Source]:
    """A Strava export holds fifty tables beside activities.csv (comments, goals, routes): they are no activities."""
    places = {s.path.removesuffix("activities.csv") for s in found if s.path.endswith("activities.csv")}
    places = {p for p in places if any(s.path.startswith(f"{p}activities/") for s in found)}

    def belongs(source: Source) -> bool:
        for place in places:
            rest = source.path.removeprefix(place)
            if rest != source.path or not place:
                if rest.startswith("routes/"):
                    return False
                if "/" not in rest and rest.endswith(".csv") and rest != "activities.csv":
                    return False
        return True

    return [s for s in found if belongs(s)]


def _relative(file: Path, root: Path) -> str:
    try:
        return file.relative_to(root).as_posix()
    except ValueError:
        return file.as_posix()
