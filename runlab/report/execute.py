"""Run a notebook from top to bottom with other parameters, in a kernel of this very Python."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import FileError, RunlabError, SettingsError, one_of
from ..units import parse_day

TAG, INJECTED = "parameters", "injected-parameters"
DAYS = ("start", "end", "on", "sick_from")  # parameters that are days; those of a race may be its name
# Pictures carry their alt text; nothing else of the kernel is changed.
_PREPARE = "import runlab.report.kernel\nrunlab.report.kernel.prepare()"


def notebook_folder() -> Path:
    """Where runlab's own notebooks are: inside the installed package, or beside it in a clone."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise FileError(f"no notebooks beside {package}; reinstall runlab or name a notebook's path")


def notebook_names() -> list[str]:
    """The names of runlab's own notebooks."""
    return sorted(path.stem for path in notebook_folder().glob("*.ipynb"))


def notebook_path(name: str | Path) -> Path:
    """The path of a notebook given by name ("athlete_review", "athlete-review", "athlete") or by path ("my.ipynb").

    The beginning of a name will do where one notebook alone begins so.
    """
    if str(name).endswith(".ipynb"):
        if not Path(name).is_file():
            raise FileError(f"{name}: no such notebook")
        return Path(name).resolve()
    names, wanted = notebook_names(), str(name).replace("-", "_")
    begun = [known for known in names if known.startswith(f"{wanted}_")]
    chosen = begun[0] if wanted not in names and len(begun) == 1 else one_of("report", wanted, names)
    return notebook_folder() / f"{chosen}.ipynb"


def with_parameters(notebook: Any, parameters: Mapping[str, Any]) -> Any:
    """A copy of the notebook with a cell after the one tagged ``parameters`` that sets them anew.

    Raises SettingsError for a parameter the notebook does not have. The tag is papermill's, so that it runs these
    notebooks too.
    """
    import nbformat

    notebook = copy.deepcopy(notebook)
    at, known = _parameter_cell(notebook)
    for name in parameters:
        one_of("parameter", name, known)
    if parameters:
        source = "\n".join(f"{name} = {_literal(name, value)}" for name, value in parameters.items())
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": [INJECTED]})
        notebook.cells.insert(at + 1, cell)
    return notebook


def _parameter_cell(notebook: Any) -> tuple[int, dict[str, Any]]:
    """Where the cell tagged ``parameters`` is, and its names with their defaults ("" for what is no plain value)."""
    at = [i for i, cell in enumerate(notebook.cells) if TAG in cell.metadata.get("tags", [])]
    if len(at) != 1:
        raise SettingsError(f"the notebook needs exactly one cell tagged {TAG!r}; found {len(at)}")
    known: dict[str, Any] = {}
    for node in ast.parse(notebook.cells[at[0]].source).body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name):
                try:
                    known[target.id] = ast.literal_eval(node.value)
                except ValueError:
                    known[target.id] = ""
    return at[0], known


def checked(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters for the notebook at ``path``, as it wants them: "3" is 3 where its default is a number.

    Raises SettingsError for a name it does not have, a day that is in no calendar or reads two ways, a word that is no
    choice, and a text where a number is wanted: before any kernel starts. What a notebook of one's own means by its
    names is its own affair: there the names alone are looked at.
    """
    import nbformat

    from ..races import KINDS
    from ..sentences import READERS
    from .sheet import DETAILS

    _, known = _parameter_cell(nbformat.read(path, as_version=4))
    choices = {"audience": READERS, "detail": DETAILS, "kind": KINDS, "units": ("metric", "imperial")}
    out = {}
    for name, value in parameters.items():
        default = known[one_of("parameter", name, known)]
        if isinstance(value, str) and value and path.parent == notebook_folder():
            if name in DAYS:
                value = f"{parse_day(value, name):%Y-%m-%d}"
            elif name in choices:
                one_of(name, value, choices[name])
            elif not isinstance(default, str):
                value = _read(name, value, default)
        out[name] = value
    return out


def _read(name: str, text: str, default: Any) -> Any:
    """A text as the kind of value a parameter has."""
    if isinstance(default, bool):
        return one_of(name, text.lower(), ("true", "false")) == "true"
    wanted = "a number" if default is None or isinstance(default, (int, float)) else f"written like {default!r}"
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        raise SettingsError(f"{name} must be {wanted}, not {text!r}") from None
    if wanted == "a number" and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise SettingsError(f"{name} must be {wanted}, not {text!r}")
    return value


def _literal(name: str, value: Any) -> str:
    """A value as Python source: text, numbers, flags, None, lists and dicts of them; dates and paths become text."""
    if isinstance(value, (dt.date, dt.datetime)):
        value = value.isoformat()[:10]
    elif isinstance(value, os.PathLike):
        value = os.fspath(value)
    text = repr(value)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise SettingsError(
            f"parameter {name!r}: cannot hand a {type(value).__name__} to a notebook; use text, a "
            "number, a date or a path"
        ) from None
    return text


def executed(path: Path, parameters: Mapping[str, Any], *, timeout_s: float = 600.0) -> Any:
    """The notebook at ``path`` run with parameters: the same cells, with their outputs.

    The kernel is this Python's own ipykernel, reached over private sockets, with nothing of the user's Jupyter
    settings. Raises RunlabError with the cell's message if a cell fails.
    """
    try:
        import nbformat
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as missing:
        raise RunlabError(
            f"reports need the notebook tools ({missing.name} is not installed); "
            "install them with: pip install 'runlab[notebooks]'"
        ) from None
    notebook = with_parameters(nbformat.read(path, as_version=4), parameters)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_PREPARE, metadata={"tags": [INJECTED]}))
    with tempfile.TemporaryDirectory(prefix="runlab-") as private:
        manager = AsyncKernelManager(
            kernel_name="python3",
            connection_file=str(Path(private, "kernel.json")),
            transport="tcp" if sys.platform == "win32" else "ipc",
        )
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[], parent=manager)
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=timeout_s,
            store_widget_state=False,
            resources={"metadata": {"path": str(path.parent)}},
        )
        client.owns_km = True  # so that the kernel ends with the client
        env = {**os.environ, "IPYTHONDIR": str(Path(private, "ipython")), "PYTHONWARNINGS": "ignore"}
        env.pop("MPLBACKEND", None)
        try:
            client.execute(env=env)
        except CellExecutionError as error:
            raise RunlabError(_failure(path, notebook, error)) from None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and "Error in callback" in output.text:  # a figure that cannot be drawn
                raise RunlabError(f"{path.name}: the picture of the cell {_first_line(cell)!r} could not be drawn")
    return notebook


def _failure(path: Path, notebook: Any, error: Any) -> str:
    """Which cell failed and with which words."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                message = output.evalue.strip() or output.ename
                if output.ename in ("RunlabError", "FileError", "TableError", "SettingsError"):
                    return message
                return f"{path.name}: the cell {_first_line(cell)!r} stopped with {output.ename}: {message}"
    return f"{path.name}: {error}"


def _first_line(cell: Any) -> str:
    return next((line for line in cell.source.splitlines() if line.strip()), "")
