"""JupyterLab in a real Chromium: the review opens, runs, draws, and asks nothing of the network."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
READY = """() => { const w = window.jupyterapp?.shell?.currentWidget;
  return !!w?.sessionContext && w.content?.model && w.sessionContext.session?.kernel?.status === 'idle'; }"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => ({
  count: c.model.executionCount,
  outputs: c.model.outputs.toJSON().map(o => o.output_type + (o.ename ? ':' + o.ename : '')
                         + (String((o.data || {})['text/html'] || '').includes('<img') ? ':picture' : ''))}))"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on the PATH"),
]


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def wait_until(url: str, server: subprocess.Popen, log: Path, *, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.poll() is None, f"JupyterLab ended at once:\n{log.read_text()[-2000:]}"
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(url, timeout=5),
        ):
            return
        time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not answer within {seconds:.0f} s:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def jupyter_lab(root: Path):
    """A JupyterLab over a folder, with nothing of the user's settings and no news from outside: (address, token)."""
    port, token = free_port(), secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as private:
        quiet = Path(private, "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings")
        quiet.parent.mkdir(parents=True)
        quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
        env = os.environ | {
            "JUPYTER_CONFIG_DIR": f"{private}/config",
            "JUPYTER_DATA_DIR": f"{private}/data",
            "JUPYTER_RUNTIME_DIR": f"{private}/runtime",
            "JUPYTERLAB_SETTINGS_DIR": f"{private}/settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{private}/workspaces",
            "IPYTHONDIR": f"{private}/ipython",
            "MPLCONFIGDIR": f"{private}/matplotlib",
        }
        env.pop("MPLBACKEND", None)
        log = Path(private, "lab.log")
        with open(log, "w") as words:
            server = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterlab",
                    "--no-browser",
                    "--allow-root",
                    "--ip=127.0.0.1",
                    f"--port={port}",
                    "--ServerApp.port_retries=0",
                    f"--ServerApp.root_dir={root}",
                    f"--IdentityProvider.token={token}",
                    "--expose-app-in-browser",
                    "--LabApp.news_url=",
                    "--LabApp.extension_manager=readonly",
                    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                    "--ServerApp.terminals_enabled=False",
                ],
                env=env,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_until(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
                yield f"http://127.0.0.1:{port}", token
            finally:
                server.terminate()
                try:
                    server.wait(15)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait(5)


def test_the_review_runs_in_jupyterlab(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "notebooks" / "athlete_review.ipynb", tmp_path / "notebooks")
    (tmp_path / "data").symlink_to(REPOSITORY / "data")
    asked: list[str] = []
    with jupyter_lab(tmp_path) as (base, token), sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1500})
        page.on("request", lambda request: asked.append(request.url))
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{base}/lab/tree/notebooks/athlete_review.ipynb?reset&token={token}")
        page.wait_for_function(READY, timeout=120_000)
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        cells = page.evaluate(CELLS)
        page.screenshot(path=str(tmp_path / "lab.png"))
        browser.close()
    failed = [output for cell in cells for output in cell["outputs"] if output.startswith("error")]
    assert not failed, failed
    assert all(cell["count"] for cell in cells), "every cell ran"
    assert sum(output.endswith(":picture") for cell in cells for output in cell["outputs"]) == 9
    elsewhere = [url for url in asked if not url.startswith((base, base.replace("http", "ws"), "data:", "blob:"))]
    assert not elsewhere, elsewhere
    assert not wrong, wrong


def test_a_review_fits_a_phone_and_asks_for_nothing(season_log, tmp_path):
    """At 390 px nothing but a picture scrolls sideways, and the page makes no request beyond itself."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    from runlab.report import write_report

    path = write_report("athlete_review", season_log, tmp_path / "review.html")
    asked: list[str] = []
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        small = page.evaluate(
            "Math.min(...[...document.querySelectorAll('p, td, li')].map("
            "e => parseFloat(getComputedStyle(e).fontSize)))"
        )
        broken = page.evaluate("[...document.images].filter(i => !i.complete || !i.naturalWidth).length")
        browser.close()
    assert wide <= room == 390 and small >= 12 and broken == 0
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
