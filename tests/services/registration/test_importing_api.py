"""Import and export on a real broker: templates, the dry run, the import and its repetition, and a whole edition moved to another."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from services.registration.exporting import MEDIA_TYPES, Form, written
from services.registration.importing_columns import INNOVATIONS, INSTITUTIONS, KINDS, divided, joined
from services.registration.importing_tables import read_table
from shared.eventlog import LogUnavailable
from shared.security import Grant
from tests.services.registration.made_up import record_json
from tests.services.registration.office import Office, problem, running_rulebook

XLSX: Form = "xlsx"


def file_of(columns: Sequence[str], *rows: dict[str, Any], form: Form = "csv") -> bytes:
    return written(form, columns, [[str(row.get(column, "")) for column in columns] for row in rows])


def institution(code: str = "opd-11", **more: str) -> dict[str, str]:
    return {"code": code, "kind": "opd", "name": f"Perangkat {code}", **more}


def innovation(name: str = "Antrean Tanpa Antre", **more: Any) -> dict[str, Any]:
    return {"institution": "opd-01", **record_json(name), "other_affairs": "", **more}


async def send(
    office: Office, kind: str, content: bytes, who: str = "committee", key: str = "", edition: str = "test", **query: Any
) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {office.tokens[who]}",
        "Idempotency-Key": key or f"key-{len(office.tokens)}-{hash((kind, content, who, str(query)))}",
        "Content-Type": MEDIA_TYPES["xlsx"] if content.startswith(b"PK") else "text/csv",
    }
    return await office.client.post(f"/v1/editions/{edition}/imports/{kind}", content=content, params=query, headers=headers)


def faults(answer: httpx.Response) -> list[tuple[int, str, str]]:
    told = answer.json()["faults"]
    assert all(fault["id"] and fault["id"] != fault["en"] for fault in told)
    return [(fault["row"], fault["column"], fault["en"]) for fault in told]


# -- templates


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["institutions", "innovations", "pics"])
async def test_a_template_has_the_columns_of_its_kind_and_nothing_else(office: Office, kind: Any, form: Form) -> None:
    answer = await office.client.get(f"/v1/editions/test/imports/{kind}/template.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(MEDIA_TYPES[form])
    assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.{form}"'
    columns = KINDS[kind].columns
    table = read_table(answer.content, columns, columns)
    assert [fault.en for fault in table.faults] == ["the table is empty; write at least one row"]


# -- institutions


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_institutions_are_enrolled_row_by_row_each_in_an_append_of_its_own(office: Office, form: Form) -> None:
    content = file_of(INSTITUTIONS.columns, institution(), institution("opd-12", parent="opd-11"), form=form)
    answer = await send(office, "institutions", content)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["rows"], answer.json()["faults"]) == (2, [])
    assert answer.headers["Makmal-Position"] == str(answer.json()["position"])
    events = [e for e in await office.world.all_events() if e.subject.startswith(("enrolment/test.opd-1", "import/"))]
    assert [e.type for e in events] == ["ImportAccepted", *["InstitutionEnrolled", "ObligationSet"] * 2]
    assert len({e.envelope.request for e in events}) == 3
    listed = (await office.get("", "/editions/test/institutions")).json()
    assert [row["institution"] for row in listed if row["institution"].startswith("opd-1")] == ["opd-11", "opd-12"]


async def test_the_roster_of_an_edition_folder_can_be_imported_as_it_is(office: Office) -> None:
    content = b"code,kind,name,abbreviation,parent,source\nopd-21,opd,Dinas Rekaan,DR,,surat\n"
    assert (await send(office, "institutions", content)).json()["faults"] == []


async def test_only_the_committee_imports_institutions(office: Office) -> None:
    answer = await send(office, "institutions", file_of(INSTITUTIONS.columns, institution()), who="operator")
    assert problem(answer, 403) == "this needs the role committee in test"


# -- the dry run


async def test_a_dry_run_lists_every_fault_of_institutions_and_records_nothing(office: Office) -> None:
    before = await office.world.log("audit").position()
    content = file_of(
        INSTITUTIONS.columns,
        institution("opd 13"),
        institution("opd-14", kind="partai"),
        institution("opd-15", parent="opd-99"),
        institution("opd-15", name="Lain", parent="opd-99"),
        institution("opd-01", name="Nama baru"),
        {"code": "opd-16", "kind": "opd"},
    )
    answer = await send(office, "institutions", content, dry_run=True)
    assert answer.status_code == 200
    assert faults(answer) == [
        (2, "code", "use letters and digits in one line, without signs that do not belong here"),
        (3, "code", "this edition has no kind partai; it has opd, kelurahan"),
        (4, "parent", "no institution has the code opd-99; write one of this file or edition, or nothing"),
        (5, "parent", "no institution has the code opd-99; write one of this file or edition, or nothing"),
        (
            6,
            "code",
            "opd-01 is enrolled already as Perangkat opd-01 (opd); give every institution a code of its own",
        ),
        (7, "name", "the cell is empty; fill it in"),
    ]
    assert await office.world.log("audit").position() == before


async def test_a_dry_run_lists_every_fault_of_innovations(office: Office) -> None:
    content = file_of(
        INNOVATIONS.columns,
        innovation("Pertama"),
        innovation("Kedua", type="analog", trial_date="kemarin", purpose=""),
        innovation("Ketiga", design="terlalu pendek", implementation_date="09/01/2022"),
        innovation("PERTAMA"),
        innovation("Kelima", institution="opd-77"),
        innovation("Keenam", main_affair="x" * 201, institution="opd 1"),
    )
    assert faults(await send(office, "innovations", content, dry_run=True)) == [
        (3, "purpose", "the cell is empty; fill it in"),
        (3, "trial_date", "kemarin is no date; write it as 2023-01-31"),
        (3, "type", "write digital or non digital"),
        (4, "design", "the design has 2 words; write at least 300"),
        (
            4,
            "implementation_date",
            "implementation on 2022-01-09 lies before the trial on 2022-01-10; it comes on the same day or later",
        ),
        (
            5,
            "name",
            "another innovation of this institution is called Pertama already; give this one a name of its own",
        ),
        (6, "name", "opd-77 is not enrolled in test; the committee enrols it"),
        (7, "institution", "use letters and digits in one line, without signs that do not belong here"),
        (7, "main_affair", "write at most 200 characters"),
    ]


async def test_a_file_with_faults_is_refused_as_a_whole(office: Office) -> None:
    before = await office.world.log("audit").position()
    content = file_of(INNOVATIONS.columns, innovation("Pertama"), innovation("Kedua", type="analog"))
    answer = await send(office, "innovations", content)
    assert problem(answer, 422).startswith("the file has 1 faults; mend what `faults` lists and send it again")
    assert faults(answer) == [(3, "type", "write digital or non digital")]
    assert await office.world.log("audit").position() == before


async def test_whoever_enters_for_one_institution_imports_for_no_other(office: Office) -> None:
    content = file_of(INNOVATIONS.columns, innovation("Pertama"), innovation("Kedua", institution="opd-02"))
    answer = await send(office, "innovations", content, who="operator", dry_run=True)
    assert faults(answer) == [(3, "institution", "you act for opd-01, not for opd-02")]
    assert problem(await send(office, "innovations", content, who="juror"), 403)


async def test_other_systems_submit_one_by_one_and_import_nothing(office: Office) -> None:
    content = file_of(INNOVATIONS.columns, innovation())
    told = problem(await send(office, "innovations", content, who="system"), 403)
    assert told == "this needs the role operator or head or committee in test"


async def test_a_file_of_another_sort_is_refused(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['committee']}", "Idempotency-Key": "a-new-key"}
    url = "/v1/editions/test/imports/pics"
    answer = await office.client.post(url, content=b"{}", headers={**headers, "Content-Type": "application/json"})
    assert problem(answer, 415)
    large = b"x" * (8 * 1024 * 1024 + 1)
    assert problem(await office.client.post(url, content=large, headers={**headers, "Content-Type": "text/csv"}), 413)


async def test_nothing_is_imported_into_an_edition_that_is_not_there(empty: Office) -> None:
    answer = await send(empty, "innovations", file_of(INNOVATIONS.columns, innovation()))
    assert problem(answer, 409) == "this edition is not opened yet; the committee opens it"


# -- repeating


async def test_the_same_file_again_repeats_nothing_whoever_sends_it(office: Office) -> None:
    content = file_of(INNOVATIONS.columns, innovation("Pertama"), innovation("Kedua"))
    first = await send(office, "innovations", content, key="first-key")
    position = await office.world.log("audit").position()
    assert (await send(office, "innovations", content, key="first-key")).json() == first.json()
    office.tokens["colleague"] = await office.world.token("person/colleague", Grant("committee", "test"))
    assert (await send(office, "innovations", content, who="colleague", key="other-key")).status_code == 200
    assert await office.world.log("audit").position() == position
    assert (await office.types()).count("InnovationSubmitted") == 2


async def test_a_longer_file_adds_only_what_is_new(office: Office) -> None:
    await send(office, "innovations", file_of(INNOVATIONS.columns, innovation("Pertama")))
    longer = file_of(INNOVATIONS.columns, innovation("Pertama"), innovation("Kedua"), form=XLSX)
    assert (await send(office, "innovations", longer)).json()["faults"] == []
    assert (await office.types()).count("InnovationSubmitted") == 2


async def test_another_file_under_the_same_key_is_refused(office: Office) -> None:
    await send(office, "innovations", file_of(INNOVATIONS.columns, innovation("Pertama")), key="first-key")
    other = await send(office, "innovations", file_of(INNOVATIONS.columns, innovation("Kedua")), key="first-key")
    assert problem(other, 422).startswith("this Idempotency-Key was used for another request")


async def test_an_import_that_broke_off_goes_on_where_it_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    content = file_of(INNOVATIONS.columns, *(innovation(f"Inovasi {n}") for n in range(40)))
    parts = office.client._transport.app.state.parts  # type: ignore[attr-defined]
    append, appended = parts.event_log.append, 0

    async def breaks_off(*asked: Any) -> Any:
        nonlocal appended
        appended += 1
        if appended > 20:
            raise LogUnavailable("the broker is away")
        return await append(*asked)

    with monkeypatch.context() as broken:
        broken.setattr(parts.event_log, "append", breaks_off)
        assert problem(await send(office, "innovations", content, key="the-same-key"), 503)
    assert 0 < (await office.types()).count("InnovationSubmitted") < 40
    again = await send(office, "innovations", content, key="the-same-key")
    assert (again.status_code, again.json()["faults"]) == (200, [])
    assert (await office.types()).count("InnovationSubmitted") == 40


# -- PICs


async def test_pics_are_appointed_by_the_name_of_the_innovation(office: Office) -> None:
    await send(office, "innovations", file_of(INNOVATIONS.columns, innovation("Pertama")))
    columns = KINDS["pics"].columns
    rows = [
        {"institution": "opd-01", "innovation": "pertama", "person": "ani"},
        {"institution": "opd-01", "innovation": "Kedua", "person": "budi"},
        {"institution": "opd-01", "innovation": "Pertama", "person": "Budi Santoso"},
    ]
    assert faults(await send(office, "pics", file_of(columns, *rows), dry_run=True)) == [
        (
            3,
            "innovation",
            "opd-01 has no innovation of this name; import the innovations first, and write the name as it stands",
        ),
        (4, "person", "use letters and digits in one line, without signs that do not belong here"),
    ]
    assert (await send(office, "pics", file_of(columns, rows[0]))).json()["faults"] == []
    assert (await office.types())[-1] == "PicAppointed"
    replaced = file_of(columns, {**rows[0], "person": "budi"})
    assert faults(await send(office, "pics", replaced, dry_run=True)) == [(2, "person", "give a reason; it stands on record")]


# -- export


async def filled(office: Office) -> None:
    odd = {"purpose": "=1+1", "benefit": "'kutip", "result": "baris satu\nbaris dua;\t\x0bakhir", "external_reference": "+62"}
    rows = (
        innovation("Pertama", other_affairs="sosial; kesehatan"),
        innovation("-Kedua", other_affairs="satu; \n", **odd),
        innovation("Ketiga", institution="kel-01"),
    )
    assert (await send(office, "innovations", file_of(INNOVATIONS.columns, *rows))).json()["faults"] == []
    pics = [{"institution": "opd-01", "innovation": "-Kedua", "person": "ani"}]
    assert (await send(office, "pics", file_of(KINDS["pics"].columns, *pics))).json()["faults"] == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_is_exported_makes_the_same_edition_elsewhere(office: Office, form: Form) -> None:
    await filled(office)
    exported = {kind: (await office.get("committee", f"/editions/test/exports/{kind}.{form}")).content for kind in KINDS}
    await office.sign_in("fresh")
    assert (await office.open(running_rulebook(edition="fresh"))).status_code == 201
    for kind, content in exported.items():
        answer = await send(office, kind, content, edition="fresh")
        assert (answer.status_code, answer.json()["faults"]) == (200, [])
    csvs = {}
    for edition in ("test", "fresh"):
        await office.sign_in(edition)
        csvs[edition] = [(await office.get("committee", f"/editions/{edition}/exports/{kind}.csv")).content for kind in KINDS]
    assert csvs["test"] == csvs["fresh"]
    rows = list(csv.DictReader(io.StringIO(csvs["fresh"][1].decode("utf-8-sig"), newline="")))
    assert [row["name"] for row in rows] == ["Ketiga", "'-Kedua", "Pertama"]
    assert (rows[1]["purpose"], rows[1]["external_reference"]) == ("'=1+1", "'+62")
    assert rows[2]["other_affairs"].split() == ["sosial", "kesehatan"]


@pytest.mark.parametrize(("who", "institutions"), [("committee", 2), ("auditor", 2), ("operator", 1), ("head", 0)])
async def test_an_export_holds_what_its_reader_may_see(office: Office, who: str, institutions: int) -> None:
    await filled(office)
    office.tokens["auditor"] = await office.world.token("person/auditor", Grant("auditor", "test"))
    answer = await office.get(who, "/editions/test/exports/innovations.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len({row["institution"] for row in rows}) == institutions
    assert answer.headers["cache-control"] == "no-store"


async def test_an_export_is_not_for_jurors_and_there_is_none_of_no_edition(office: Office) -> None:
    assert problem(await office.get("juror", "/editions/test/exports/innovations.csv"), 403)
    await office.sign_in("none")
    assert problem(await office.get("committee", "/editions/none/exports/pics.xlsx"), 404).startswith(
        "there is no edition none"
    )


@pytest.mark.parametrize("values", [[], ["a"], ["a; b"], ["a", "b"], ["a, b", "c; d"]])
def test_a_list_in_a_cell_comes_back_as_it_was(values: list[str]) -> None:
    assert divided(joined(values)) == values
