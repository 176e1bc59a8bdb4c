"""The two languages of the pages. Sentences stand in the templates in English, and in `locales/id.po` beside them in Bahasa Indonesia.

Every service has a catalogue of its own, and `shared/web/pages/locales/id.po` is for what all share. They are read once when
the service is made; there is nothing to compile.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
"""The first is spoken unless somebody chooses the other."""
SHARED = Path(__file__).parent / "locales" / "id.po"
ZONE = ZoneInfo("Asia/Jakarta")
"""Western Indonesian time (WIB), in which the city lives."""


@cache
def translations(language: str, catalogues: tuple[Path, ...]) -> NullTranslations:
    """Of the shared catalogue and a service's own."""
    if language == "en":
        return NullTranslations()
    merged = GNUTranslations()
    merged._catalog = {}  # type: ignore[attr-defined]
    for file in (SHARED, *catalogues):
        read = _read(file)
        merged._catalog |= read._catalog  # type: ignore[attr-defined]
        merged.plural = read.plural  # type: ignore[attr-defined]
    return merged


def _read(file: Path) -> GNUTranslations:
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale="id"))
    compiled.seek(0)
    return GNUTranslations(compiled)


class Words:
    """How one language says things."""

    def __init__(self, language: str, catalogues: Iterable[Path] = ()):
        self.language = language
        spoken = translations(language, tuple(catalogues))
        self.gettext, self.ngettext = spoken.gettext, spoken.ngettext

    def say(self, text: object) -> str:
        """Of a pair of sentences or names (`Text`, a refusal: anything with `en` and `id`) the one in this language."""
        return str(getattr(text, self.language))

    def sentence(self, text: object) -> str:
        """The same as a whole sentence, where refusals begin small and end without a stop as in a problem document."""
        said = self.say(text)
        return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '!', '?', ')')) else '.'}"

    def day(self, day: date | datetime | None) -> str:
        """31 Januari 2023."""
        if day is None:
            return ""
        if isinstance(day, datetime):
            day = day.astimezone(ZONE).date()
        return _day(day, self.language)

    def date_said(self, day: date | str | None) -> str:
        """A date of a record, also as it stands in JSON."""
        return self.day(date.fromisoformat(day) if isinstance(day, str) and day else day or None)

    def moment(self, moment: datetime | None, seconds: bool = False) -> str:
        """31 Januari 2023 14.05 WIB."""
        if moment is None:
            return ""
        local = moment.astimezone(ZONE)
        clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
        return f"{self.day(moment)}, {clock.replace(':', '.') if self.language == 'id' else clock} WIB"

    def instant(self, text: str) -> str:
        """A moment as projections keep it (ISO 8601)."""
        return _instant(self, text) if text else ""

    def clock(self, moment: datetime) -> str:
        return moment.astimezone(ZONE).strftime("%H.%M.%S" if self.language == "id" else "%H:%M:%S")

    def within(self, left: timedelta) -> str:
        """In 3 days, 2 hours ago."""
        return dates.format_timedelta(left, add_direction=True, locale=self.language)

    def number(self, number: int | float | Decimal) -> str:
        return _number(number, self.language)

    def score(self, score: Decimal | str | None, places: int = 2) -> str:
        """With so many decimals; half goes up, as on paper."""
        if score is None:
            return "–"
        rounded = Decimal(score).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return _number(rounded, self.language, "#,##0." + "0" * places)

    def size(self, octets: int) -> str:
        """Of a file: 1,4 MB."""
        if octets >= 1_000_000:
            return f"{self.number(round(octets / 1_000_000, 1))} MB"
        return f"{self.number(round(octets / 1000))} kB" if octets >= 1000 else f"{self.number(octets)} B"


# A page of fifty lines says few days and numbers often, and formatting one takes as long as drawing a line.
@lru_cache(4_096)
def _day(day: date, language: str) -> str:
    return dates.format_date(day, "d MMMM y", locale=language)


@lru_cache(16_384, typed=True)
def _number(number: int | float | Decimal, language: str, format: str | None = None) -> str:
    return str(numbers.format_decimal(number, format=format, locale=language))


@lru_cache(16_384)
def _instant(words: Words, text: str) -> str:
    return words.moment(datetime.fromisoformat(text))
