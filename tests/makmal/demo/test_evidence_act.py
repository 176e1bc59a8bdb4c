"""The demo's decrees are PDF files that a reader can open."""

import re

from makmal.demo.evidence_act import one_page
from shared.stored_files import media_type_of


def test_a_decree_of_the_demo_is_a_pdf_whose_table_points_at_its_objects() -> None:
    file = one_page("[Demo] Keputusan 1")
    assert media_type_of(file) == "application/pdf"
    assert b"([Demo] Keputusan 1) Tj" in file
    table = int(file.rsplit(b"startxref\n", 1)[1].split()[0])
    assert file[table:].startswith(b"xref\n0 6\n")
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n $", file[table:], re.MULTILINE)]
    assert [file[place : place + 8] for place in places] == [b"%d 0 obj\n" % number for number in range(1, 6)]
