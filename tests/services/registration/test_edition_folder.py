import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.edition_faults import Fault, FaultyEdition
from services.registration.edition_folder import LARGEST_RULEBOOK, Edition, read_edition
from shared.rulebook import Rulebook

ROOT = Path(__file__).parents[3]
BATAM = ROOT / "editions/batam-2023"
RIAU_OLAH = ROOT / "tests/editions/riau-olah"


def folder(at: Path, toml: str | bytes | None = None, csv: str | bytes | None = None) -> Path:
    """A copy of Batam's folder in which one file or both read otherwise."""
    for file, content in (("edition.toml", toml), ("institutions.csv", csv)):
        if content is None:
            content = (BATAM / file).read_bytes()
        (at / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return at


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(FaultyEdition) as refused:
        read_edition(folder)
    return refused.value.faults


def batam_with(old: str, new: str) -> str:
    text = (BATAM / "edition.toml").read_text()
    assert old in text
    return text.replace(old, new, 1)


def line_of(text: str, marker: str) -> int:
    return text[: text.index(marker)].count("\n") + 1


# -- what a sound folder says


def batam() -> Edition:
    return read_edition(BATAM)


def test_batam_has_its_146_institutions_of_three_kinds() -> None:
    kinds = [institution.kind for institution in batam().roster]
    assert {kind: kinds.count(kind) for kind in kinds} == {"opd": 43, "uptd": 39, "kelurahan": 64}
    parents = {institution.code for institution in batam().roster}
    assert all(i.parent in parents for i in batam().roster if i.kind != "opd")


def test_batam_has_five_categories_for_institutions_and_innovations() -> None:
    rules = batam().rulebook
    assert [(c.id, c.entrant, c.kinds, c.where) for c in rules.categories] == [
        ("opd", "institution", ("opd",), {}),
        ("uptd", "institution", ("uptd",), {}),
        ("kelurahan", "institution", ("kelurahan",), {}),
        ("digital", "innovation", ("opd", "uptd", "kelurahan"), {"type": "digital"}),
        ("non-digital", "innovation", ("opd", "uptd", "kelurahan"), {"type": "non digital"}),
    ]
    assert sum(c.nominees for c in rules.categories) >= 60
    assert {c.places for c in rules.categories} == {3}


def test_batam_weighs_as_the_national_presentation_does_and_counts_a_portfolio_for_a_fifth() -> None:
    rules = batam().rulebook
    weights = {c.id: c.weight for c in rules.rubric("innovation").criteria}
    assert weights == {"novelty": 30, "benefit": 25, "replication": 20, "authority": 15, "presentation": 10}
    institution = rules.rubric("institution")
    assert [c.weight for c in institution.scored] == [24, 20, 16, 12, 8]
    assert [(c.id, c.weight, c.computed, c.full_at) for c in institution.criteria if c.computed] == [
        ("portfolio", Decimal(20), "count", 5)
    ]


def test_batam_opens_in_its_own_time_zone() -> None:
    edition = batam()
    opens = edition.rulebook.calendar.registration_opens
    assert (opens, opens.utcoffset()) == (datetime(2023, 2, 1, 1, tzinfo=UTC), timedelta(hours=7))
    assert edition.timezone == "WIB"


def test_every_opd_of_batam_owes_one_innovation_with_a_pic() -> None:
    assert [(o.kind, o.innovations, o.pic) for o in batam().rulebook.obligations] == [("opd", 1, True)]


def test_an_edition_with_other_kinds_categories_and_rubrics_needs_no_code() -> None:
    edition = read_edition(RIAU_OLAH)
    rules = edition.rulebook
    assert (len(rules.categories), len(rules.kinds), rules.rehearsal) == (6, 4, True)
    assert [c.id for c in rules.categories if c.ties == "share"] == ["wilayah", "gotong-royong"]
    assert rules.rubric("idea").criteria[0].weight == Decimal("45.5")
    assert rules.calendar.registration_closes.isoformat() == "2031-04-04T23:59:59+08:00"
    assert {institution.kind for institution in edition.roster} == {kind.id for kind in rules.kinds}


@pytest.mark.parametrize("path", [BATAM, RIAU_OLAH])
def test_a_rulebook_is_the_same_after_its_journey_through_json(path: Path) -> None:
    rules = read_edition(path).rulebook
    again = msgspec.json.decode(msgspec.json.encode(rules), type=Rulebook)
    assert again == rules
    assert again.digest() == rules.digest()


# -- what a faulty rulebook is told

CASES = tomllib.loads((Path(__file__).parent / "faulty_rulebooks.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_a_faulty_rulebook_is_told_line_and_remedy(tmp_path: Path, case: dict[str, str]) -> None:
    text = batam_with(case["old"], case["new"])
    faults = faults_of(folder(tmp_path, text))
    assert ("edition.toml", line_of(text, case["at"]), case["said"]) in [(f.file, f.line, f.en) for f in faults]
    assert all(f.id and f.id != f.en for f in faults)


def test_a_quorum_of_one_is_taken_where_no_score_is_published(tmp_path: Path) -> None:
    text = batam_with("quorum = 3", "quorum = 1").replace('scores = "winners"', 'scores = "none"')
    assert read_edition(folder(tmp_path, text))


def test_mean_verified_maturity_may_be_a_criterion_of_any_rubric_but_needs_a_catalogue(tmp_path: Path) -> None:
    scored, measured = "weight = 10\n", 'weight = 10\ncomputed = "maturity"\nfull_at = 111\n'
    text = batam_with(scored, measured)
    assert read_edition(folder(tmp_path, text))
    named = next(line for line in text.splitlines(keepends=True) if line.startswith("catalogue = "))
    without = text.replace(named, "")
    assert [(fault.line, fault.en) for fault in faults_of(folder(tmp_path, without))] == [
        (
            line_of(without, 'computed = "maturity"'),
            "criterion.computed: maturity is counted in points of a catalogue, and the edition names none; add catalogue",
        )
    ]


def test_a_rubric_without_a_juror_is_refused(tmp_path: Path) -> None:
    text = batam_with("weight = 20\ncomputed", "weight = 100\ncomputed")
    start, end = text.index("[[rubric.criterion]]", text.index('id = "institution"\n\n')), text.index('id = "portfolio"')
    text = text[:start] + "[[rubric.criterion]]\n" + text[end:]
    assert "rubric institution: jurors have nothing to score; add a criterion without computed" in [
        fault.en for fault in faults_of(folder(tmp_path, text))
    ]


def test_one_misspelt_field_hides_no_other_fault(tmp_path: Path) -> None:
    text = batam_with("quorum = 3", "quorum = 0").replace("weight = 25", "weight = 26").replace("places = 3", "plces = 3", 1)
    text = text.replace('rubric = "innovation"', 'rubric = "ideas"', 1)
    csv = (BATAM / "institutions.csv").read_text().replace("uptd-01,uptd", "uptd-01,utpd")
    faults = faults_of(folder(tmp_path, text, csv))
    assert [(f.file, f.line) for f in faults] == [
        ("edition.toml", line_of(text, "quorum")),
        ("edition.toml", line_of(text, '[[category]]\nid = "opd"')),
        ("edition.toml", line_of(text, "plces")),
        ("edition.toml", line_of(text, '"ideas"')),
        ("edition.toml", line_of(text, '[[rubric]]\nid = "innovation"')),
        ("institutions.csv", line_of(csv, "uptd-01")),
    ]


@pytest.mark.parametrize(
    ("toml", "line"),
    [('id = "x"\nname = {\n', 2), ('id = "x"\nquorum = 3 3\n', 2), ('id = "x"\nid = "y"\n', 2), ("a = 1\n\nb = [1,\n", 3)],
)
def test_what_is_not_toml_is_told_its_line(tmp_path: Path, toml: str, line: int) -> None:
    (fault,) = faults_of(folder(tmp_path, toml))
    assert (fault.file, fault.line) == ("edition.toml", line)
    assert fault.en.startswith("not TOML: ")


def test_a_roster_is_checked_also_beside_a_rulebook_that_cannot_be_read(tmp_path: Path) -> None:
    faults = faults_of(folder(tmp_path, "id =", "code,kind,name,abbreviation,parent,source\na,opd,,,,\n"))
    assert [(f.file, f.line, f.column) for f in faults] == [("edition.toml", 1, ""), ("institutions.csv", 2, "name")]


def test_a_folder_without_files_is_told_which(tmp_path: Path) -> None:
    assert [(f.file, "put the file there" in f.en) for f in faults_of(tmp_path)] == [
        ("edition.toml", True),
        ("institutions.csv", True),
    ]


def test_a_rulebook_too_long_for_an_event_is_refused(tmp_path: Path) -> None:
    reasons = "".join(
        f'[[reason]]\ncode = "reason-{n}"\nname = {{ id = "{"x" * 300}", en = "{"y" * 300}" }}\n' for n in range(100)
    )
    (fault,) = faults_of(folder(tmp_path, (BATAM / "edition.toml").read_text() + reasons))
    assert f"shorten its texts to less than {LARGEST_RULEBOOK}" in fault.en


# -- what a faulty roster is told

HEADER = "code,kind,name,abbreviation,parent,source\n"


@pytest.mark.parametrize(
    ("rows", "line", "column", "said"),
    [
        ("a,opd,A,,,\nb,dinas,B,,,\n", 3, "kind", "the edition defines no kind dinas; write kelurahan, opd or uptd"),
        ("a,opd,A,,,\nb,,B,,,\n", 3, "kind", "write the institution's kind"),
        ("a,opd,A,,,\na,opd,B,,,\n", 3, "code", "code a already stands in line 2; give each institution a code of its own"),
        (",opd,A,,,\n", 2, "code", "write a code for the institution"),
        ("a b,opd,A,,,\n", 2, "code", "code a b: use letters, digits, and single hyphens or dots between them"),
        ("a,opd, ,,,\n", 2, "name", "write the institution's name"),
        (f"a,opd,{'A' * 201},,,\n", 2, "name", "the cell is longer than 200 characters; shorten it"),
        (
            "a,opd,Dinas,,,\nb,opd,DINAS,,,\n", 3, "name",
            "DINAS already stands in line 2 with the same kind and parent; remove one of the two",
        ),
        (
            "a,opd,A,,,\nb,uptd,B,,c,\n", 3, "parent",
            "no institution has the code c; write the code of a row of this file, or nothing",
        ),
        ("a,opd,A,,a,\n", 2, "parent", "by its parents a belongs to itself; name a parent above it"),
        ("a,opd,A,,b,\nb,opd,B,,a,\n", 3, "parent", "by its parents b belongs to itself; name a parent above it"),
        ("a,opd,Dinas A, B,,,\n", 2, "", "the row has 7 cells; write 6, and quote a cell that holds a comma"),
        (
            '"a",opd,"A\nline two",,,\n\nb,dinas,B,,,\n', 5, "kind",
            "the edition defines no kind dinas; write kelurahan, opd or uptd",
        ),
        (
            'a,opd,"A,,,\n', 2, "",
            "the row is not CSV (unexpected end of data); close every quote and double a quote within a cell",
        ),
        ("", 1, "", "the roster is empty; list at least one institution"),
    ],
)  # fmt: skip
def test_a_faulty_roster_is_told_row_column_and_remedy(tmp_path: Path, rows: str, line: int, column: str, said: str) -> None:
    faults = faults_of(folder(tmp_path, csv=HEADER + rows))
    assert (line, column, said) in [(f.line, f.column, f.en) for f in faults]
    assert all(f.file == "institutions.csv" and f.id and f.id != f.en for f in faults)


@pytest.mark.parametrize("header", ["", "code;kind;name;abbreviation;parent;source\na;opd;A;;;\n", "kode,jenis\n"])
def test_a_roster_without_its_header_is_told_the_header(tmp_path: Path, header: str) -> None:
    (fault,) = faults_of(folder(tmp_path, csv=header))
    assert (fault.line, fault.en.split(" (")[0]) == (1, "the first line must be code,kind,name,abbreviation,parent,source")


def test_every_faulty_cell_of_a_roster_is_told(tmp_path: Path) -> None:
    faults = faults_of(folder(tmp_path, csv=HEADER + "a,opd,A,,,\na,dinas,,,z,\n"))
    assert [(f.line, f.column) for f in faults] == [(3, "code"), (3, "kind"), (3, "name"), (3, "parent")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_is_not_utf8_is_told_the_line(tmp_path: Path, mark: bytes) -> None:
    (fault,) = faults_of(folder(tmp_path, csv=mark + HEADER.encode() + b"a,opd,A,,,\nb,opd,Caf\xe9,,,\n"))
    assert (fault.line, fault.en) == (3, "byte 0xe9 is not UTF-8; save the file as UTF-8")


def test_a_roster_saved_by_excel_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    content = (BATAM / "institutions.csv").read_bytes().replace(b"\n", b"\r\n")
    assert len(read_edition(folder(tmp_path, csv=b"\xef\xbb\xbf" + content)).roster) == 146


def test_faults_read_as_lines_in_both_languages(tmp_path: Path) -> None:
    text = batam_with("quorum = 3", "quorum = 0")
    with pytest.raises(FaultyEdition) as refused:
        read_edition(folder(tmp_path, text))
    line = line_of(text, "quorum = 0")
    assert str(refused.value) == f"edition.toml:{line}: quorum: write 1 or more\n    quorum: tulis 1 atau lebih"


LINES = (BATAM / "edition.toml").read_text().splitlines()
ODD_VALUES = [
    "-1",
    "1.5",
    "true",
    '"x"',
    '""',
    "[]",
    "[[]]",
    "{}",
    "{ id = 1 }",
    "nan",
    "2023-01-01",
    "07:00:00",
    "99999999999",
]


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(["", *ODD_VALUES])), min_size=1, max_size=4))
def test_whatever_is_written_into_a_rulebook_gets_an_answer_with_lines(changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for at, value in changes:
        lines[at] = f"{lines[at].partition('=')[0]}= {value}" if value else ""
    with TemporaryDirectory() as at_hand:
        try:
            read_edition(folder(Path(at_hand), "\n".join(lines)))
        except FaultyEdition as refused:
            assert refused.faults
            assert all(1 <= fault.line <= len(lines) and fault.en and fault.id for fault in refused.faults)
