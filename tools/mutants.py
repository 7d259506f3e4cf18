"""Do the tests notice? `python tools/mutants.py [--count 60] [--seed 1] [--only load] [--workers 2]`.

A mutant is the library with one small fault: a constant, a comparison, an operator or a branch changed at one place
that the seed draws from the syntax trees, the rooms taking turns. Each is run in a copy of the repository against the
tests of its room (by name: tests/test_<part of the path>*.py, and the doctests of the room); it is killed when one
fails or hangs. Survivors are printed as diffs. Ends with 1 where fewer than 85 % are killed.

mutants.toml beside this file lists mutants that change nothing anyone could see, with the reason; they are not run.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("readers", "clean", "summary", "log", "zones", "load", "progression", "taper", "race", "races")
# Which tests are of a place beyond those named after it; the ledger of summary rests on all that reads files.
ALSO = {
    "readers": "summary_ledger",
    "xml": "gpx tcx",
    "clean": "summary_ledger",
    "log": "duplicates summary_ledger",
    "prediction": "progression_ledger",
    "races": "race",
}
LEAST_KILLED = 0.85
PATIENCE_S = 900.0
HANGS = "patience: it hangs"
LEFT_OUT = "not corpus and not slow and not browser"
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
TURNED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.In: ast.NotIn, ast.NotIn: ast.In}
COUNTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
CALLED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "minimum": "maximum",
    "maximum": "minimum",
    "ffill": "bfill",
}
CALLED |= {"floor": "ceil", "ceil": "floor", "head": "tail", "tail": "head", "mean": "median", "median": "mean"}


@dataclass(frozen=True)
class Mutant:
    """One fault: bytes ``start`` to ``end`` of a file replaced."""

    path: str
    line: int
    start: int
    end: int
    text: str
    source: bytes  # the file as it was when the mutant was drawn

    def applied(self) -> bytes:
        return self.source[: self.start] + self.text.encode() + self.source[self.end :]

    def change(self) -> tuple[str, str]:
        """The lines that differ, before and after."""
        old, new = self.source.decode().splitlines(), self.applied().decode().splitlines()
        lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[3:]
        before, after = (" ".join(x[1:].strip() for x in lines if x.startswith(mark)) for mark in "-+")
        return before, after


def faults(node: ast.AST) -> Iterator[ast.expr]:
    """What could stand in the place of an expression."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield from map(ast.Constant, {value + 1, value - 1, value * 3} - {value})
        case ast.Constant(value=float() as value):
            yield from map(ast.Constant, {value * 1.25, value * 3, value / 2, value + 1.0 * (value == 0)} - {value})
        case ast.Compare(ops=[op]):
            for table in (COMPARED, TURNED):
                if type(op) in table:
                    yield ast.Compare(node.left, [table[type(op)]()], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield from node.values[:1]
        case ast.BinOp() if type(node.op) in COUNTED:
            yield ast.BinOp(node.left, COUNTED[type(node.op)](), node.right)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield node.operand
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Call(func=ast.Attribute(attr=name)) if name in CALLED:
            yield ast.Call(ast.Attribute(node.func.value, CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[name], ast.Load()), node.args, node.keywords)


def places(tree: ast.AST) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """Expressions that can be changed; not what is only words or types: messages, annotations, decorators."""
    if isinstance(tree, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)):
        return
    if isinstance(tree, ast.keyword) and tree.arg == "strict":
        return
    if isinstance(tree, (ast.If, ast.While)):
        yield tree.test, [ast.UnaryOp(ast.Not(), tree.test)]
    if isinstance(tree, ast.expr):
        yield tree, list(faults(tree))
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        if isinstance(tree, ast.AnnAssign) and name == "target":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _words(child):
                yield from places(child)


def _words(node: ast.AST) -> bool:
    """A docstring, or the check that only type checkers run."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'")


def mutants(path: Path) -> list[list[Mutant]]:
    """Every mutant of a file, a list per place."""
    source = path.read_bytes()
    begins = [0]
    for line in source.split(b"\n"):
        begins.append(begins[-1] + len(line) + 1)
    found = []
    for node, changed in places(ast.parse(source)):
        start, end = begins[node.lineno - 1] + node.col_offset, begins[node.end_lineno - 1] + node.end_col_offset
        name = path.relative_to(ROOT).as_posix()
        here = [Mutant(name, node.lineno, start, end, _text(new), source) for new in changed]
        if here:
            found.append(here)
    return found


def _text(node: ast.expr) -> str:
    text = ast.unparse(node)
    simple = isinstance(node, (ast.Constant, ast.Name, ast.Call, ast.Attribute)) and not text.startswith("-")
    return text if simple else f"({text})"


def drawn(count: int, seed: int, only: str) -> list[Mutant]:
    """So many mutants, the rooms taking turns, no place twice."""
    draw = random.Random(seed)
    known = {(e["path"], e["before"], e["after"]) for e in equivalents()}
    decks = []
    for room in (r for r in ROOMS if only in r):
        place = ROOT / "runlab" / room
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.is_file() else []
        deck = [here for file in files for here in mutants(file)]
        draw.shuffle(deck)
        decks.append(deck)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(decks):
        for deck in decks:
            while deck:
                mutant = draw.choice(deck.pop())
                if (mutant.path, *mutant.change()) not in known:
                    chosen.append(mutant)
                    break
    return chosen[:count]


def equivalents() -> list[dict[str, str]]:
    return tomllib.loads((ROOT / "tools" / "mutants.toml").read_text("utf-8"))["equivalent"]


def tests_of(path: str) -> list[str]:
    """What is run against a mutant: quick and near first. Notebooks, browsers and benchmarks have no part in it."""
    parts = [part.removesuffix(".py") for part in Path(path).parts[1:]]
    names = {name for part in parts for name in (part, *ALSO.get(part, "").split())}
    found = {t for name in names for t in (ROOT / "tests").glob(f"test_{name}*.py") if "notebook" not in t.name}
    near = sorted(found, key=lambda t: (not t.name.endswith("_limits.py"), "ledger" not in t.name, t.stat().st_size))
    room = f"runlab/{Path(path).parts[1]}"
    return [path, *(f"tests/{t.name}" for t in near), *([room] if room != path else [])]


def failed(copy: Path, tests: list[str]) -> str:
    """The first test that fails in this copy; "" where none does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider", "-m", LEFT_OUT, *tests]
    paths = os.pathsep.join([str(copy), str(copy / "tests")])
    corpus = os.environ.get("RUNLAB_CORPUS", str(ROOT.parent / "shared" / "corpus"))
    settings = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "RUNLAB_CORPUS": corpus}
    try:
        done = subprocess.run(command, cwd=copy, env=settings, capture_output=True, text=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return HANGS
    if done.returncode == 0:
        return ""
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[0] if found else "the import"


def copied(to: Path) -> Path:
    """The repository's files, without its history and what was built."""
    for name in ("runlab", "tests", "tools", "data", "notebooks", "benchmarks", "examples", "docs"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
    for file in (f for f in ROOT.iterdir() if f.is_file()):
        shutil.copy(file, to / file.name)
    return to


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a room: load, readers, ...")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="show the mutants, run nothing")
    options = parser.parse_args()
    chosen = drawn(options.count, options.seed, options.only)
    if options.list:
        for mutant in chosen:
            print(f"{mutant.path}:{mutant.line}\n  - {mutant.change()[0]}\n  + {mutant.change()[1]}")
        return 0
    tests = {mutant.path: tests_of(mutant.path) for mutant in chosen}  # as they are now, in the copies too
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: Queue[Path] = Queue()
        for k in range(options.workers):
            copies.put(copied(Path(folder) / str(k)))

        def first_failure(tests: list[str], mutant: Mutant | None = None) -> str:
            copy = copies.get()
            try:
                if mutant is not None:
                    (copy / mutant.path).write_bytes(mutant.applied())
                return failed(copy, tests)
            finally:
                if mutant is not None:
                    (copy / mutant.path).write_bytes(mutant.source)
                copies.put(copy)

        def judged(mutant: Mutant) -> str:
            began, killer = time.monotonic(), first_failure(tests[mutant.path], mutant)
            before, after = mutant.change()
            word, by = ("killed", f"by {killer}") if killer else ("SURVIVED", "")
            place = f"{mutant.path}:{mutant.line}"
            print(
                f"{word:8} {time.monotonic() - began:4.0f} s  {place} {by}\n    - {before}\n    + {after}", flush=True
            )
            return killer

        with ThreadPoolExecutor(options.workers) as pool:
            killers = list(pool.map(judged, chosen))
            # whatever killed must be sound without a fault
            files = sorted({killer.split("::")[0] for killer in killers if "::" in killer})
            broken = [test for test in pool.map(lambda file: first_failure([file]), files) if test]
    if broken:
        print("these tests fail without any mutant:", *broken, sep="\n  ")
        return 2
    killed = sum(map(bool, killers))
    print(f"{killed} of {len(chosen)} killed ({100 * killed / len(chosen):.0f} %), seed {options.seed}")
    return 0 if killed >= LEAST_KILLED * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
