#!/usr/bin/env python3
"""Make the demo's documents, in the formats that customers bring, from the texts in `tools/demo_documents`.

`--check` changes nothing and tells which documents are out of date. PDF files are made by Chromium (the path
in CHROMIUM, or the one on the PATH) and carry the fonts of this machine, so the check leaves them out; the
documentation tests compare their words instead.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import docx
from docx.document import Document
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "demo_documents"
GUIDES = ROOT / "docs" / "guide"
TARGET = ROOT / "src" / "aichatdesk" / "entry" / "demo_knowledge"

SHOP_DOCUMENTS = (
    "about-us.html",
    "envios-y-devoluciones.html",
    "first-start-and-reset.md",
    "machine-data-sheets.pdf",
    "payment-and-invoices.html",
    "returns-and-refunds.pdf",
    "shipping.html",
    "spare-parts.csv",
    "support-plans.md",
    "versand-und-rueckgabe.docx",
    "warranty-and-repair.docx",
)
GUIDE_DOCUMENTS = (
    "adding-knowledge.md",
    "hand-over.md",
    "how-an-answer-is-made.md",
    "privacy-and-network.md",
    "widget.md",
)
LANGUAGES = {"envios-y-devoluciones": "es", "versand-und-rueckgabe": "de"}

# Fixed, so that the same text gives the same file.
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - DOCX core properties hold a naive moment
_ZIP_MOMENT = (2026, 1, 1, 0, 0, 0)
_PDF_DATE = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}")
_STYLE = (
    "body{font:11pt/1.45 'DejaVu Sans',sans-serif;max-width:42em;margin:2em auto}"
    "h1,h2{break-after:avoid}table{border-collapse:collapse}td,th{border:1px solid;padding:.2em .6em;text-align:left}"
)


def main() -> int:
    """Write every document, or with `--check` name those that differ; 1 if any does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if something differs"
    )
    check = parser.parse_args().check
    TARGET.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, make in _plan():
        if check and name.endswith(".pdf"):
            continue
        content = make()
        target = TARGET / name
        if target.exists() and target.read_bytes() == content:
            continue
        stale.append(name)
        if not check:
            target.write_bytes(content)
    for name in stale:
        sys.stdout.write(f"{name} {'is out of date' if check else 'written'}\n")
    return 1 if check and stale else 0


def _plan() -> list[tuple[str, Callable[[], bytes]]]:
    """Each document with the function that makes its bytes."""
    plan: list[tuple[str, Callable[[], bytes]]] = []
    for name in GUIDE_DOCUMENTS:
        plan.append((name, (GUIDES / name).read_bytes))
    for name in SHOP_DOCUMENTS:
        stem, _, kind = name.partition(".")
        match kind:
            case "html":
                plan.append((name, lambda stem=stem: html_page(stem).encode()))
            case "pdf":
                plan.append((name, lambda stem=stem: pdf(html_page(stem))))
            case "docx":
                plan.append((name, lambda stem=stem: word(_source(stem))))
            case _:
                plan.append((name, (SOURCES / name).read_bytes))
    return plan


def html_page(stem: str) -> str:
    """The text as a page of the shop, with the navigation and footer that a real page has."""
    source = _source(stem)
    title = source.splitlines()[0].removeprefix("# ")
    body = _markdown().render(source)
    return (
        f'<!doctype html>\n<html lang="{LANGUAGES.get(stem, "en")}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<header><nav>Fernhill Desks</nav></header>\n"
        f"<main>\n{body}</main>\n<footer>Fernhill Desks, Altenau</footer>\n</body>\n</html>\n"
    )


def pdf(page: str) -> bytes:
    """Print a page with Chromium; the dates inside are fixed afterwards."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("No Chromium found: install it, or set CHROMIUM to its path.")
    # What stands around the text on a web page is not printed.
    printed = re.sub(r"<(header|footer)>.*?</\1>\n", "", page, flags=re.DOTALL)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(printed, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        subprocess.run(
            [
                chromium,
                *flags,
                f"--user-data-dir={folder}/profile",
                f"--print-to-pdf={target}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )
        return _PDF_DATE.sub(rb"\g<1>20260101000000", target.read_bytes())


def word(source: str) -> bytes:
    """A DOCX file with real headings, lists and tables."""
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _MADE
    document.core_properties.author = "Fernhill Desks"
    tokens = _markdown().parse(source)
    document.core_properties.title = tokens[1].content
    rows: list[list[str]] = []
    style = "Normal"
    for place, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                style = f"Heading {token.tag[1]}"
            case "paragraph_open":
                style = "List Number" if token.level else "Normal"
            case "tr_open":
                rows.append([])
            case "table_close":
                _add_table(document, rows)
                rows = []
            case "inline" if tokens[place - 1].type in {"td_open", "th_open"}:
                rows[-1].append(_plain(token))
            case "inline":
                document.add_paragraph(_plain(token), style=style)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_moments(buffer)


def _add_table(document: Document, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text


def _with_fixed_moments(archive: io.BytesIO) -> bytes:
    """The same archive with one fixed date on every member."""
    result = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(
                zipfile.ZipInfo(member.filename, _ZIP_MOMENT), old.read(member), zipfile.ZIP_DEFLATED
            )
    return result.getvalue()


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def _markdown() -> MarkdownIt:
    return MarkdownIt().enable("table")


def _source(stem: str) -> str:
    return (SOURCES / f"{stem}.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
