"""The Debian FAQ in five languages, out of Debian's own packages: real pages that we did not write."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from aichatdesk.knowledge.chunking import cut
from aichatdesk.knowledge.domain import Chunk
from aichatdesk.knowledge.parsing.readers import read_html

PACKAGES = {
    "en": "debian-faq",
    "de": "debian-faq-de",
    "fr": "debian-faq-fr",
    "it": "debian-faq-it",
    "ja": "debian-faq-ja",
}
MOST_CHUNKS = 3000


@dataclass(frozen=True, slots=True)
class Page:
    """One page, cut as the product cuts it; `name` is the same in every language."""

    name: str
    language: str
    text: str
    chunks: list[Chunk]


def cache_dir() -> Path:
    """Where packages and vectors are kept between runs; `AICHATDESK_BENCH_CACHE` moves it."""
    folder = Path(os.environ.get("AICHATDESK_BENCH_CACHE", Path.home() / ".cache" / "aichatdesk-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def load_pages(limit: int) -> list[Page]:
    """Every page of every language, in a fixed order; fetches the packages at the first run."""
    root = cache_dir() / "debian-faq"
    for package in PACKAGES.values():
        if not list(root.glob(f"{package}_*.deb")):
            root.mkdir(exist_ok=True)
            subprocess.run(["apt-get", "download", "-qq", package], cwd=root, check=True)
    for archive in sorted(root.glob("*.deb")):
        subprocess.run(["dpkg", "-x", archive, root / "files"], check=True)
    base = root / "files" / "usr" / "share" / "doc" / "debian" / "FAQ"
    pages = []
    for language in PACKAGES:
        folder = base if language == "en" else base / language
        for path in sorted(folder.glob(f"*.{language}.html")):
            if path.name.startswith("index."):
                continue
            text = read_html(path.read_bytes()).text
            pages.append(Page(path.name.split(".")[0], language, text, cut(text, limit=limit)))
    count = sum(len(page.chunks) for page in pages)
    assert count <= MOST_CHUNKS, f"{count} chunks are more than the fixed subset may have"
    return pages
