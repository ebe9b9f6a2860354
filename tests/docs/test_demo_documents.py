"""The demo's documents: made from their sources, readable, small, and able to answer the sample questions."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.knowledge.chunking import cut
from aichatdesk.knowledge.parsing.readers import Parsed, parse

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "aichatdesk" / "entry" / "demo_knowledge"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
FILES = [document["file"] for document in MANIFEST["documents"]]
QUESTIONS = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "demo_questions.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [question for question in QUESTIONS if "document" in question]
_MOST_CHUNKS = 150
_LARGEST = 150_000


def parsed(file: str) -> Parsed:
    return parse(file.rpartition(".")[2], (FOLDER / file).read_bytes())


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_manifest_names_every_file_and_no_other() -> None:
    assert sorted(FILES) == sorted(file.name for file in FOLDER.iterdir() if file.suffix != ".json")


def test_the_demo_has_several_formats_and_languages() -> None:
    kinds = [file.rpartition(".")[2] for file in FILES]
    for kind in ("pdf", "docx", "html"):
        assert kinds.count(kind) >= 2
    assert {question["language"] for question in ANSWERABLE} == {"en", "de", "es"}


@pytest.mark.parametrize("file", FILES)
def test_a_demo_document_is_small_and_can_be_read(file: str) -> None:
    assert (FOLDER / file).stat().st_size < _LARGEST
    assert len(parsed(file).text) > 500


def test_the_demo_stays_within_its_number_of_chunks() -> None:
    chunks = [chunk for file in FILES for chunk in cut(parsed(file).text, parsed(file).sections)]
    assert 50 <= len(chunks) <= _MOST_CHUNKS


def test_the_documents_are_made_from_their_sources() -> None:
    script = ROOT / "tools" / "make_demo_documents.py"
    done = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), str(script), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".pdf")])
def test_a_pdf_says_what_its_source_says(file: str) -> None:
    source = (ROOT / "tools" / "demo_documents" / file).with_suffix(".md").read_text(encoding="utf-8")
    lines = [line.lstrip("# ") for line in source.splitlines() if line and not line.startswith("|")]
    text = words(parsed(file).text)
    assert [line for line in lines if words(line) not in text] == []


@pytest.mark.parametrize("question", ANSWERABLE, ids=[question["question"] for question in ANSWERABLE])
def test_an_answerable_question_has_its_answer_in_its_document(question: dict[str, str]) -> None:
    assert words(question["answer_span"]) in words(parsed(question["document"]).text)


def test_there_are_enough_questions_of_each_kind() -> None:
    languages = [question["language"] for question in ANSWERABLE]
    assert len(languages) >= 60
    assert languages.count("de") >= 10
    assert languages.count("es") >= 5
    assert sum("out_of_scope" in question for question in QUESTIONS) >= 40
    assert sum("small_talk" in question for question in QUESTIONS) >= 15


def test_the_questions_worth_asking_are_answered_in_different_documents() -> None:
    asked = {question["question"]: question["document"] for question in ANSWERABLE}
    assert len(MANIFEST["questions"]) == 3
    assert len({asked.get(question, question) for question in MANIFEST["questions"]}) == 3


def test_each_category_has_a_name_an_icon_and_a_prompt() -> None:
    for category in MANIFEST["categories"]:
        assert set(category) == {"name", "icon", "prompt"}
        assert all(category.values())
