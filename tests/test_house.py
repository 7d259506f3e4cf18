"""The house: imports only point up the stairs, nothing prints, nothing phones, notebooks come without outputs."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "runlab"
STAIRS = (
    "data",
    "errors",
    "units",
    "numerics",
    "tables",
    "evidence",
    "readers",
    "athlete",
    "terrain",
    "clean",
    "efforts",
    "summary",
    "calendar",
    "races",
    "log",
    "zones",
    "load",
    "progression",
    "taper",
    "race",
    "plan",
    "health",
    "squad",
    "plots",
    "sentences",
    "report",
    "samples",
    "cli",
)
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "notebooks" not in path.parts)
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def step(path: Path) -> str:
    """Which step of the stairs a file belongs to; "" for the front door."""
    inside = path.relative_to(PACKAGE)
    name = inside.parts[0] if len(inside.parts) > 1 else inside.stem
    return "" if name == "__init__" else name


def is_module(name: str) -> bool:
    place = PACKAGE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def imported(path: Path) -> list[tuple[int, str]]:
    """Every module a file imports, anywhere in it, in full: (line, "runlab.load.spikes")."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ["runlab", *path.relative_to(PACKAGE).parts[:-1]]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            files = [a.name for a in node.names if not node.module or is_module(f"{module}.{a.name}")]
            found += [(node.lineno, f"{module}.{name}") for name in files]
            found += [(node.lineno, module)] if len(files) < len(node.names) else []
    return found


def test_every_file_stands_on_a_step():
    assert {step(path) for path in SOURCES} <= {"", *STAIRS}


def test_imports_only_point_up_the_stairs():
    wrong = []
    for path in SOURCES:
        here = step(path)
        for line, module in imported(path):
            parts = module.split(".")
            known = here and parts[0] == "runlab" and len(parts) > 1 and parts[1] in STAIRS
            if known and STAIRS.index(parts[1]) > STAIRS.index(here):
                wrong.append(f"{path.relative_to(REPOSITORY)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Modules that import each other, however many others stand between; a set per circle."""
    reached: dict[str, set[str]] = {}
    for name in graph:
        seen, todo = set(), list(graph[name])
        while todo:
            if (here := todo.pop()) not in seen:
                seen.add(here)
                todo += graph[here]
        reached[name] = seen
    found = {frozenset({a} | {b for b in reached[a] if a in reached[b]}) for a in graph if a in reached[a]}
    return sorted(map(set, found), key=sorted)


def test_no_circle_of_imports_inside_any_room():
    modules = {".".join(["runlab", *p.relative_to(PACKAGE).with_suffix("").parts]): p for p in SOURCES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph = {name: {m for _, m in imported(path) if m in modules} - {name} for name, path in modules.items()}
    assert circles(graph) == []


def test_no_name_of_a_package_hides_the_module_of_that_name():
    hidden = []
    for place in sorted(path.parent for path in PACKAGE.rglob("__init__.py") if "notebooks" not in path.parts):
        package = importlib.import_module(".".join(place.relative_to(REPOSITORY).parts))
        files = [path.stem for path in place.glob("*.py") if path.stem != "__init__"]
        folders = [path.name for path in place.iterdir() if (path / "__init__.py").is_file()]
        for name in files + folders:
            if not isinstance(getattr(package, name, types.ModuleType(name)), types.ModuleType):
                hidden.append(f"{package.__name__}.{name}")
    assert hidden == []


def test_the_circles_test_sees_a_circle_of_three():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == [{"a", "b", "c"}]


def test_a_saved_log_knows_no_log():
    assert "log.log" not in {module.removeprefix("runlab.") for _, module in imported(PACKAGE / "log" / "store.py")}


def test_the_stairs_test_sees_relative_imports():
    names = {module for _, module in imported(PACKAGE / "plots" / "long_runs.py")}
    assert "runlab.load.spikes" in names and "runlab.plots.axes" in names and "runlab.tables" in names


def test_only_plots_and_report_draw():
    drawing = {"matplotlib", "seaborn", "mpl_toolkits"}
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{line}"
        for path in SOURCES
        if step(path) not in ("plots", "report")
        for line, module in imported(path)
        if module.split(".")[0] in drawing
    ]
    assert not wrong, wrong


def test_nothing_reaches_for_the_network():
    network = {"socket", "urllib", "requests", "http", "httpx", "ftplib", "aiohttp", "smtplib"}
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{line} {module}"
        for path in SOURCES
        for line, module in imported(path)
        if module.split(".")[0] in network
    ]
    assert not wrong, wrong


def test_the_library_never_prints():
    wrong = []
    for path in SOURCES:
        if step(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                wrong.append(f"{path.relative_to(REPOSITORY)}:{node.lineno}")
    assert not wrong, wrong


def test_public_names_have_a_docstring_with_an_example():
    wrong = []
    for path in SOURCES:
        if step(path) in ("", "cli", "plots", "report"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                words = ast.get_docstring(node) or ""
                if not words or (
                    isinstance(node, ast.FunctionDef) and is_front(path, node.name) and ">>>" not in words
                ):
                    wrong.append(f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name}")
    assert not wrong, "\n".join(wrong)


def is_front(path: Path, name: str) -> bool:
    """Whether a name is offered to users: in its package's ``__all__``, or in a module that stands alone."""
    door = path.parent / "__init__.py"
    if path.parent == PACKAGE or path == door:
        return True
    for node in ast.walk(ast.parse(door.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in node.targets):
            return name in {getattr(e, "value", "") for e in getattr(node.value, "elts", [])}
    return False


def test_no_name_says_get_calc_or_compute():
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith(("get_", "calc_", "compute_"))
    ]
    assert not wrong, wrong


def test_importing_runlab_costs_little_over_pandas():
    def cpu_ms(code: str) -> float:
        timed = f"import time; began = time.process_time(); {code}; print(1000 * (time.process_time() - began))"
        return min(
            float(subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True).stdout)
            for _ in range(3)
        )

    assert cpu_ms("import pandas, runlab") - cpu_ms("import pandas") < 150


def test_importing_runlab_draws_nothing_and_opens_nothing():
    code = "import sys, runlab; print([m for m in ('matplotlib', 'seaborn', 'IPython') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_begin_with_title_and_parameters_and_hold_no_munging(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert "".join(cells[0]["source"]).startswith("# ")
    assert [i for i, c in enumerate(cells) if "parameters" in c["metadata"].get("tags", [])] == [1]
    for cell in cells:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.Lambda)):
                    assert node.end_lineno - node.lineno < 3, f"{path.name}: a function longer than three lines"
                assert not isinstance(node, (ast.For, ast.While)), f"{path.name}: a loop belongs in runlab/"


def test_days_are_asked_for_in_two_words():
    """``on=`` looks at the days before it, ``through=`` at that day too, ``start=`` and ``end=`` bound a period."""
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name}({argument.arg})"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.arg in {"before", "since", "until", "as_of", "today"}
    ]
    assert not wrong, wrong
