"""How judging's things are named: an entry tells its edition and category, a scoresheet its entry and juror."""

from shared.refusals import Unknown


def home_of(entry: str) -> tuple[str, str]:
    """Edition and category of the entry `<edition>.<category>.<entrant>`. Raises Unknown for anything else."""
    edition, _, rest = entry.partition(".")
    category, _, entrant = rest.partition(".")
    if not (edition and category and entrant):
        raise Unknown(
            f"{entry} is no entry; an entry is named edition.category.entrant",
            f"{entry} bukan entri; entri dinamai edisi.kategori.peserta",
        )
    return edition, category


def category_id(edition: str, category: str) -> str:
    return f"{edition}.{category}"


def juror_id(edition: str, person: str) -> str:
    return f"{edition}.{person}"


def sheet_id(entry: str, juror: str) -> str:
    return f"{entry}.{juror}"


def sheet_of(subject: str) -> tuple[str, str]:
    """Entry and juror of the subject `scoresheet/<entry>.<juror>`."""
    entry, _, juror = subject.partition("/")[2].rpartition(".")
    return entry, juror
