"""An executed notebook as one HTML page that needs nothing but itself, and that page as PDF."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ..errors import RunlabError

_TEMPLATES = Path(__file__).parent / "templates"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# What a browser would fetch or follow. An address an athlete wrote in a note, or a program in a file, is only text.
REMOTE = re.compile(
    r"(?:\b(?:src|srcset|href|poster|data|action|formaction|background)\s*=\s*[\"']?|url\(\s*[\"']?|@import\s+[\"']?)\s*"
    r"((?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'<>)]*)",
    re.IGNORECASE,
)


def html_page(notebook: Any, *, title: str, footer: str, lang: str = "en") -> str:
    """The page: words, pictures, tables and sentences of an executed notebook, without its code.

    Raises RunlabError if the page would load or link to a remote address.
    """
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor

    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[str(_TEMPLATES)],
        preprocessors=[TagRemovePreprocessor(enabled=True, remove_cell_tags={"notebook"})],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        widget_renderer_url="",
        mermaid_js_url="",
        sanitize_html=False,
    )
    css = (_TEMPLATES / "page" / "page.css").read_text(encoding="utf-8")
    about = {"title": title, "footer": footer, "lang": lang, "css": css, "generator": "runlab"}
    body, _ = exporter.from_notebook_node(notebook, resources={"runlab": about})
    page = re.sub(r"\n{3,}", "\n\n", body)
    without_pictures = re.sub(r'src(?:set)?="data:[^"]*"', "", page)
    if found := REMOTE.search(without_pictures):
        raise RunlabError(
            f"the report would load or link to a remote address ({found[1][:80]}); write it without its "
            "protocol and host, for example as 'doi 10.1000/182'"
        )
    return page


def written_at() -> str:
    """The time stamp of a report: now, or SOURCE_DATE_EPOCH where a build asks for the same bytes every time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = dt.datetime.fromtimestamp(float(epoch), dt.UTC) if epoch else dt.datetime.now(dt.UTC)
    return f"{now:%Y-%m-%d %H:%M} UTC"


def pdf_from(html: str, path: Path) -> None:
    """Print a page to PDF with WeasyPrint where it is installed, else with a Chromium on the PATH.

    Raises RunlabError naming both where there is neither.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError):  # OSError: WeasyPrint without its system library Pango
        HTML = None
    if HTML is not None:
        HTML(string=html).write_pdf(str(path))
        return
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise RunlabError(
            f"{path.name}: a PDF needs WeasyPrint (pip install 'runlab[pdf]') or a Chromium on the PATH; "
            "neither was found. An .html report needs neither"
        )
    with tempfile.TemporaryDirectory(prefix="runlab-") as private:
        source = Path(private, "report.html")
        source.write_text(html, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={private}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={path.resolve()}",
            source.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode or not path.is_file():
        raise RunlabError(f"{path.name}: {Path(browser).name} could not print it: {done.stderr.strip()[-300:]}")
