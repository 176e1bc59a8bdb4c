"""The roster of an edition: which institutions take part, read from `institutions.csv`."""

import csv
import io
import re
from collections.abc import Iterator, Set

from msgspec import Struct

from services.registration.edition_faults import Fault, one_of

COLUMNS = ("code", "kind", "name", "abbreviation", "parent", "source")
LONGEST = 200
"""Characters that a cell may hold."""

_CODE = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


class Institution(Struct, frozen=True):
    """A line of the roster. `parent` is the code of the institution that this one belongs to, or empty; `source` says where
    the line comes from."""

    code: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""
    source: str = ""


Row = tuple[int, Institution]
"""A line number and what stands there."""


def read_roster(file: str, text: str, kinds: Set[str] | None) -> tuple[list[Institution], list[Fault]]:
    """The institutions and every fault of the file. `kinds` are those that the edition defines; None: unknown, not checked."""
    rows, faults = _rows(file, text)
    if not rows and not faults:
        faults.append(
            Fault(
                file,
                1,
                "",
                "the roster is empty; list at least one institution",
                "daftar kosong; isi sedikitnya satu perangkat",
            )
        )
    faults += _faulty_cells(file, rows, kinds)
    faults += _repeated(file, rows)
    faults += _wrong_parents(file, rows)
    return [institution for _, institution in rows], faults


def _rows(file: str, text: str) -> tuple[list[Row], list[Fault]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    faults: list[Fault] = []
    begins = 1
    header: list[str] | None = None
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if header is None:
                header = cells
                if tuple(header) != COLUMNS:
                    return [], [_wrong_header(file, header)]
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) != len(COLUMNS):
                faults.append(
                    Fault(
                        file,
                        line,
                        "",
                        f"the row has {len(cells)} cells; write {len(COLUMNS)}, and quote a cell that holds a comma",
                        f"baris ini berisi {len(cells)} kolom; tulis {len(COLUMNS)}, dan beri tanda kutip bila isi memuat koma",
                    )
                )
            else:
                rows.append((line, Institution(*(cell.strip() for cell in cells))))
    except csv.Error as error:
        faults.append(
            Fault(
                file,
                max(begins, reader.line_num),
                "",
                f"the row is not CSV ({error}); close every quote and double a quote within a cell",
                f"baris ini bukan CSV ({error}); tutup setiap tanda kutip dan gandakan tanda kutip di dalam sel",
            )
        )
    if header is None and not faults:
        faults.append(_wrong_header(file, []))
    return rows, faults


def _wrong_header(file: str, header: list[str]) -> Fault:
    found = ",".join(header) or "-"
    return Fault(
        file,
        1,
        "",
        f"the first line must be {','.join(COLUMNS)} (separated by commas), not {found[:LONGEST]}",
        f"baris pertama harus {','.join(COLUMNS)} (dipisah koma), bukan {found[:LONGEST]}",
    )


def _faulty_cells(file: str, rows: list[Row], kinds: Set[str] | None) -> Iterator[Fault]:
    known = sorted(kinds or ())
    for line, row in rows:
        if not row.code:
            yield Fault(file, line, "code", "write a code for the institution", "tulis kode perangkat")
        elif not _CODE.fullmatch(row.code):
            yield Fault(
                file,
                line,
                "code",
                f"code {row.code}: use letters, digits, and single hyphens or dots between them",
                f"kode {row.code}: gunakan huruf, angka, serta satu tanda hubung atau titik di antaranya",
            )
        if not row.name:
            yield Fault(file, line, "name", "write the institution's name", "tulis nama perangkat")
        if not row.kind:
            yield Fault(file, line, "kind", "write the institution's kind", "tulis jenis perangkat")
        elif kinds is not None and row.kind not in kinds:
            yield Fault(
                file,
                line,
                "kind",
                f"the edition defines no kind {row.kind}; write {one_of(known, 'or')}",
                f"gelaran ini tidak mengenal jenis {row.kind}; tulis {one_of(known, 'atau')}",
            )
        for column in COLUMNS:
            if len(getattr(row, column)) > LONGEST:
                yield Fault(
                    file,
                    line,
                    column,
                    f"the cell is longer than {LONGEST} characters; shorten it",
                    f"isi sel melebihi {LONGEST} karakter; persingkat",
                )


def _repeated(file: str, rows: list[Row]) -> Iterator[Fault]:
    codes: dict[str, int] = {}
    names: dict[tuple[str, str, str], int] = {}
    for line, row in rows:
        if row.code and (first := codes.setdefault(row.code, line)) != line:
            yield Fault(
                file,
                line,
                "code",
                f"code {row.code} already stands in line {first}; give each institution a code of its own",
                f"kode {row.code} sudah ada di baris {first}; beri setiap perangkat kode tersendiri",
            )
        named = (row.kind, row.name.casefold(), row.parent)
        if row.name and (first := names.setdefault(named, line)) != line:
            yield Fault(
                file,
                line,
                "name",
                f"{row.name} already stands in line {first} with the same kind and parent; remove one of the two",
                f"{row.name} sudah ada di baris {first} dengan jenis dan induk yang sama; hapus salah satunya",
            )


def _wrong_parents(file: str, rows: list[Row]) -> Iterator[Fault]:
    parents = {row.code: row.parent for _, row in rows}
    for line, row in rows:
        if row.parent and row.parent not in parents:
            yield Fault(
                file,
                line,
                "parent",
                f"no institution has the code {row.parent}; write the code of a row of this file, or nothing",
                f"tidak ada perangkat berkode {row.parent}; tulis kode salah satu baris berkas ini, atau kosongkan",
            )
        elif row.parent and row.code and _leads_to_itself(row.code, parents):
            yield Fault(
                file,
                line,
                "parent",
                f"by its parents {row.code} belongs to itself; name a parent above it",
                f"menurut induknya {row.code} berada di bawah dirinya sendiri; tulis induk di atasnya",
            )


def _leads_to_itself(code: str, parents: dict[str, str]) -> bool:
    above = parents.get(code, "")
    for _ in parents:
        if above in ("", code):
            break
        above = parents.get(above, "")
    return above == code
