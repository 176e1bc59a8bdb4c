"""An innovation in the fields of the national reporting form, as the events of registration tell it."""

from datetime import date
from typing import Literal

from msgspec import Struct

Stage = Literal["inisiatif", "uji coba", "penerapan"]
Initiator = Literal["kepala daerah", "anggota DPRD", "perangkat daerah", "ASN", "masyarakat"]
Kind = Literal["digital", "non digital"]
Form = Literal["tata kelola pemerintahan", "pelayanan publik", "lainnya sesuai kewenangan"]
Theme = Literal[
    "digitalisasi layanan pemerintahan",
    "penanggulangan kemiskinan",
    "kemudahan investasi",
    "prioritas aktual presiden",
    "non tematik",
]


class InnovationRecord(Struct, frozen=True, kw_only=True):
    """The fields of the national reporting form.

    Dossiers name a record for ever by the digest of what was written (`shared.facts.record_digest`). So a field that comes later is
    `X | UnsetType = UNSET` and stands after these: it is written only where something was said, and old records keep their names.
    """

    name: str
    stage: Stage
    initiator: Initiator
    type: Kind
    form: Form
    theme: Theme
    main_affair: str
    other_affairs: tuple[str, ...] = ()
    trial_date: date
    implementation_date: date
    design: str
    purpose: str
    benefit: str
    result: str
