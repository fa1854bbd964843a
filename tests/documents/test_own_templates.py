"""The secretariat's way with a template: get it, change it, have it checked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from bot.documents.context import own_template
from bot.documents.own import default_template, examine_own
from bot.documents.word import render_docx
from dialogs.speech import Speech
from domain.community import LANGUAGES
from tests.builders import OSLO, vestfold
from tests.documents.samples import minutes
from tests.documents.test_documents import docx_text


def put(folder: Path, name: str, *paragraphs: str) -> Path:
    file = folder / "vestfold" / name
    file.parent.mkdir(exist_ok=True)
    document: Any = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(file))
    return file


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_to_start_from_has_its_headings_in_words_and_gives_the_same_document(
    tmp_path: Path, language: str
) -> None:
    content = default_template("minutes", Speech(language, OSLO))
    assert "{{ words." not in docx_text(content)
    file = tmp_path / "minutes.docx"
    file.write_bytes(content)
    context = minutes(language)
    assert docx_text(render_docx("minutes", language, context, template=file)) == docx_text(
        render_docx("minutes", language, context)
    )


def test_a_template_for_one_language_goes_before_the_one_for_all(tmp_path: Path) -> None:
    for_all, nynorsk = put(tmp_path, "minutes.docx"), put(tmp_path, "minutes.nn.docx")
    assert own_template(str(tmp_path), "vestfold", "minutes", "nn") == nynorsk
    assert own_template(str(tmp_path), "vestfold", "minutes", "nb") == for_all
    assert own_template(str(tmp_path), "nabo", "minutes", "nb") is None
    assert own_template("", "vestfold", "minutes", "nb") is None


def test_every_own_template_is_tried_and_a_mistake_told(tmp_path: Path) -> None:
    put(tmp_path, "minutes.docx", "{{ title }}")
    put(tmp_path, "minutes.nn.docx", "{{ titel }}")
    put(tmp_path, "referat.docx", "{{ title }}")
    (tmp_path / "vestfold" / "~$minutes.docx").write_bytes(b"open in Word")
    found = {examined.file.name: examined.fault for examined in examine_own(str(tmp_path), [vestfold()])}
    assert found["minutes.docx"] == ""
    assert "titel" in found["minutes.nn.docx"]
    assert "accepted: minutes.docx" in found["referat.docx"]
    assert len(found) == 3


def test_the_default_opens_in_word_as_a_document() -> None:
    document: Any = Document(io.BytesIO(default_template("minutes", Speech("nb", OSLO))))
    assert any("{{ title }}" in p.text for p in document.paragraphs)
