"""Both languages are complete: what a page says in English, it says in Bahasa Indonesia."""

from pathlib import Path

import pytest

from shared.web.pages.catalogue import faults, rooms, update


@pytest.mark.parametrize("catalogue", rooms(), ids=lambda file: file.parent.parent.name)
def test_every_sentence_of_the_pages_is_translated_and_none_is_left_over(catalogue: Path) -> None:
    assert faults(catalogue, rooms()[catalogue]) == [], "python -m shared.web.pages.catalogue adds what is missing"


def test_a_missing_a_changed_and_a_forgotten_sentence_are_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ _("Hello %(name)s", name="you") }} {{ _("New") }}')
    catalogue = tmp_path / "locales" / "id.po"
    update(catalogue, tmp_path)
    assert "not translated: 'New'" in faults(catalogue, tmp_path)
    text = catalogue.read_text()
    text = text.replace('msgid "Hello %(name)s"\nmsgstr ""', 'msgid "Hello %(name)s"\nmsgstr "Halo %(nama)s"')
    catalogue.write_text(text + '\nmsgid "Old"\nmsgstr "Lama"\n')
    found = faults(catalogue, tmp_path)
    assert "said nowhere: 'Old'" in found
    assert any("nama" in fault for fault in found), found
