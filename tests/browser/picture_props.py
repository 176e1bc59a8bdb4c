"""What has to lie on the table before some pictures are taken. All of it is demo data and says so."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from makmal.demo.caller import Voice
from services.registration.edition_folder import read_edition
from tests.browser.ground import BATAM
from tests.browser.house import At, House
from tests.browser.walker import Walker

CIRCULARS = (
    (
        "02/500.10.30.4/I/2023",
        "2023-01-31",
        "[Demo] Lomba Inovasi Daerah dan tata cara pendaftarannya bagi seluruh perangkat daerah",
        "Setiap perangkat daerah mendaftarkan inovasinya sebelum pendaftaran ditutup.\n\n"
        "Kepala instansi mengesahkan setiap inovasi. Inovasi yang belum disahkan tidak ikut dinilai.",
    ),
    (
        "05/500.10.30.4/II/2023",
        "2023-02-14",
        "[Demo] Bimbingan teknis pengisian dua puluh indikator kematangan inovasi",
        "Bimbingan teknis dilaksanakan pada Selasa, 21 Februari 2023, pukul 09.00 WIB.\n\nSetiap instansi mengirim dua orang.",
    ),
)
DRAFT = {
    "name": "[Demo] Sistem Informasi Layanan Administrasi Kependudukan Terpadu bagi Warga Pulau Terluar (SILAKTI)",
    "stage": "penerapan",
    "initiator": "ASN",
    "type": "digital",
    "form": "pelayanan publik",
}


def a_draft_and_circulars(house: House, at: At) -> None:
    """The operator has begun a form, and the committee has issued two circulars to everybody."""
    house.ask(
        at,
        "operator",
        lambda operator: operator.post(
            f"/registration/v1/editions/{at.edition}/drafts", {"institution": at.institution, "record": DRAFT}
        ),
    )
    kinds = [kind.id for kind in read_edition(BATAM).rulebook.kinds]
    path = f"/notification/v1/editions/{at.edition}/circulars"
    for number, dated, title, text in CIRCULARS:
        circular = {"number": number, "dated": dated, "title": title, "text": text, "kinds": kinds, "days": 7}
        house.ask(at, "committee", _posting(path, circular))


def _posting(path: str, body: Mapping[str, Any]) -> Callable[[Voice], Coroutine[Any, Any, Any]]:
    return lambda voice: voice.post(path, body)


def opened(walker: Walker) -> None:
    """Whatever can be unfolded first is."""
    walker.page.locator("main details summary").first.click()


def all_counted(walker: Walker) -> None:
    """The figures that other services bring have come."""
    walker.page.wait_for_function(
        "() => ![...document.querySelectorAll('.funnel .figure')].some(one => one.textContent === '–')"
    )


def files_with_faults(walker: Walker) -> None:
    """An edition's folder as it may come from an office, with faults."""
    page = walker.page
    rules = (BATAM / "edition.toml").read_text().replace("places = 3", "places = 0", 1)
    roster = (BATAM / "institutions.csv").read_text().splitlines()
    roster[4] = roster[3]
    roster[9] = roster[9].replace(",", ";")
    page.locator("#rules").set_input_files({"name": "edition.toml", "mimeType": "text/plain", "buffer": rules.encode()})
    page.locator("#roster").set_input_files(
        {"name": "institutions.csv", "mimeType": "text/csv", "buffer": "\n".join(roster).encode()}
    )
    with walker.expecting(422):
        page.locator("button[value=check]").click()
        page.locator("[role=alert]").wait_for()


def a_verified_log(walker: Walker) -> None:
    walker.page.locator("main form.actions button").click()
    walker.page.locator(".notice[role=status]").filter(has_text="Terbukti").wait_for()
