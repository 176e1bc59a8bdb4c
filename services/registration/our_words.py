"""How the national form's vocabulary is said to people: each closed value with its name and, where it helps, what it means.

The values themselves are those of the form, in Bahasa Indonesia; they are what is recorded.
"""

from msgspec import Struct

from shared.rulebook import Text


class Choice(Struct, frozen=True):
    value: str
    name: Text
    hint: Text | None = None


def _choice(value: str, en: str, hint_en: str = "", hint_id: str = "") -> Choice:
    return Choice(value, Text(value[:1].upper() + value[1:], en), Text(hint_id, hint_en) if hint_en else None)


CHOICES: dict[str, tuple[Choice, ...]] = {
    "type": (
        _choice(
            "digital", "Digital", "People meet it as an application, a website or a chat", "Warga memakainya lewat aplikasi"
        ),
        _choice(
            "non digital", "Not digital", "It works by people, paper or places", "Berjalan lewat petugas, kertas, atau tempat"
        ),
    ),
    "stage": (
        _choice("inisiatif", "Initiative", "An idea with a plan", "Masih berupa gagasan dengan rencana"),
        _choice("uji coba", "Trial", "Tried in one place or with few people", "Dicoba di satu tempat atau pada sedikit orang"),
        _choice("penerapan", "Implementation", "In use", "Sudah dipakai"),
    ),
    "initiator": (
        _choice("kepala daerah", "Head of the region"),
        _choice("anggota DPRD", "Member of the regional council (DPRD)"),
        _choice("perangkat daerah", "The institution itself"),
        _choice("ASN", "A civil servant (ASN)"),
        _choice("masyarakat", "The public"),
    ),
    "form": (
        _choice("tata kelola pemerintahan", "Governance"),
        _choice("pelayanan publik", "Public service"),
        _choice("lainnya sesuai kewenangan", "Other, within the region's authority"),
    ),
    "theme": (
        _choice("digitalisasi layanan pemerintahan", "Digital government services"),
        _choice("penanggulangan kemiskinan", "Reducing poverty"),
        _choice("kemudahan investasi", "Ease of investment"),
        _choice("prioritas aktual presiden", "Current priority of the president"),
        _choice("non tematik", "No theme"),
    ),
}


class Affairs(Struct, frozen=True):
    """Government affairs of one kind (UU 23/2014 art. 12)."""

    name: Text
    affairs: tuple[Choice, ...]


AFFAIRS: tuple[Affairs, ...] = (
    Affairs(
        Text("Wajib, pelayanan dasar", "Mandatory, basic services"),
        (
            _choice("pendidikan", "Education"),
            _choice("kesehatan", "Health"),
            _choice("pekerjaan umum dan penataan ruang", "Public works and spatial planning"),
            _choice("perumahan rakyat dan kawasan permukiman", "Housing and settlements"),
            _choice(
                "ketenteraman, ketertiban umum dan pelindungan masyarakat", "Peace, public order and protection of the public"
            ),
            _choice("sosial", "Social affairs"),
        ),
    ),
    Affairs(
        Text("Wajib, bukan pelayanan dasar", "Mandatory, other services"),
        (
            _choice("tenaga kerja", "Labour"),
            _choice("pemberdayaan perempuan dan pelindungan anak", "Women's empowerment and child protection"),
            _choice("pangan", "Food"),
            _choice("pertanahan", "Land"),
            _choice("lingkungan hidup", "Environment"),
            _choice("administrasi kependudukan dan pencatatan sipil", "Population administration and civil registration"),
            _choice("pemberdayaan masyarakat dan desa", "Community and village empowerment"),
            _choice("pengendalian penduduk dan keluarga berencana", "Population control and family planning"),
            _choice("perhubungan", "Transport"),
            _choice("komunikasi dan informatika", "Communication and informatics"),
            _choice("koperasi, usaha kecil, dan menengah", "Cooperatives, small and medium enterprises"),
            _choice("penanaman modal", "Investment"),
            _choice("kepemudaan dan olahraga", "Youth and sports"),
            _choice("statistik", "Statistics"),
            _choice("persandian", "Information security"),
            _choice("kebudayaan", "Culture"),
            _choice("perpustakaan", "Libraries"),
            _choice("kearsipan", "Archives"),
        ),
    ),
    Affairs(
        Text("Pilihan", "Optional"),
        (
            _choice("kelautan dan perikanan", "Marine affairs and fisheries"),
            _choice("pariwisata", "Tourism"),
            _choice("pertanian", "Agriculture"),
            _choice("kehutanan", "Forestry"),
            _choice("energi dan sumber daya mineral", "Energy and mineral resources"),
            _choice("perdagangan", "Trade"),
            _choice("perindustrian", "Industry"),
            _choice("transmigrasi", "Transmigration"),
        ),
    ),
    Affairs(
        Text("Fungsi penunjang", "Supporting functions"),
        (
            _choice("perencanaan", "Planning"),
            _choice("keuangan", "Finance"),
            _choice("kepegawaian", "Personnel"),
            _choice("penelitian dan pengembangan", "Research and development"),
            _choice("pengawasan", "Inspection"),
        ),
    ),
)
_KNOWN = {c.value: c for choices in (*CHOICES.values(), *(kind.affairs for kind in AFFAIRS)) for c in choices}


def in_words(value: str) -> Text:
    """A value as people read it; one that stands in no list, as it was written."""
    known = _KNOWN.get(value)
    return known.name if known else Text(value, value)


def known_affair(value: str) -> bool:
    return any(choice.value == value for kind in AFFAIRS for choice in kind.affairs)


FIELD_NAMES: dict[str, Text] = {
    "name": Text("Nama inovasi", "Name of the innovation"),
    "type": Text("Jenis", "Type"),
    "stage": Text("Tahapan", "Stage"),
    "initiator": Text("Inisiator", "Initiator"),
    "form": Text("Bentuk", "Form"),
    "theme": Text("Tematik", "Theme"),
    "main_affair": Text("Urusan pemerintahan utama", "Main affair of government"),
    "other_affairs": Text("Urusan pemerintahan lainnya", "Other affairs of government"),
    "trial_date": Text("Waktu uji coba", "Trial since"),
    "implementation_date": Text("Waktu penerapan", "In use since"),
    "design": Text("Rancang bangun", "Design"),
    "purpose": Text("Tujuan", "Purpose"),
    "benefit": Text("Manfaat", "Benefit"),
    "result": Text("Hasil", "Result"),
}
"""Fields of the record in the order of the form."""

FIELDS_OF: dict[str, tuple[str, ...]] = {
    "identity": ("name", "type", "stage", "initiator", "form", "theme"),
    "affairs": ("main_affair", "other_affairs", "trial_date", "implementation_date"),
    "design": ("design",),
    "benefit": ("purpose", "benefit", "result"),
}
"""Step of the form -> the fields that are filled in there."""
STEPS = (*FIELDS_OF, "evidence", "review")


def step_of(field: str) -> str:
    """Where a field is filled in."""
    return next((step for step, fields in FIELDS_OF.items() if field in fields), "evidence")
