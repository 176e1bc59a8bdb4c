"""What is wrong with an edition folder: every fault at once, each with its line and what would be right."""

from collections.abc import Iterable

from msgspec import Struct


class Fault(Struct, frozen=True, order=True):
    """One fault. `file` is relative to the edition folder; `line` counts from 1; `column` names a CSV column, else empty."""

    file: str
    line: int
    column: str
    en: str
    id: str

    def __str__(self) -> str:
        column = f" ({self.column})" if self.column else ""
        return f"{self.file}:{self.line}{column}: {self.en}\n    {self.id}"


class FaultyEdition(Exception):
    """The folder cannot be opened as an edition. `faults` lists all of them, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def text_of(file: str, content: bytes) -> str | Fault:
    """The text of a file, or the fault that it is not UTF-8. A byte order mark (Excel writes one) is no fault."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts its position after the byte order mark: only line ends before it matter, and a mark has none.
        return Fault(
            file,
            error.object[: error.start].count(b"\n") + 1,
            "",
            f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8",
            f"bita 0x{error.object[error.start]:02x} bukan UTF-8; simpan berkas sebagai UTF-8",
        )


def one_of(choices: Iterable[str], word: str) -> str:
    """`a, b or c`, `word` being *or* in the language of the sentence."""
    *others, last = list(choices) or ["-"]
    return f"{', '.join(others)} {word} {last}" if others else last
