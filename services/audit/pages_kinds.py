"""What each event is called on the pages: English and Indonesian, for people. Every type of the catalogue has its words here."""

import re
from typing import NamedTuple


class Said(NamedTuple):
    en: str
    id: str


WORDS = {
    "EditionOpened": Said("Edition opened", "Gelaran dibuka"),
    "RulebookPublished": Said("Rules published", "Aturan dipublikasikan"),
    "RulebookAmended": Said("Rules amended", "Aturan diubah"),
    "DeadlineExtended": Said("Deadline extended", "Tenggat diperpanjang"),
    "RegistrationClosed": Said("Registration closed", "Pendaftaran ditutup"),
    "RegistrationReopened": Said("Registration opened again", "Pendaftaran dibuka kembali"),
    "EditionCancelled": Said("Edition cancelled", "Gelaran dibatalkan"),
    "EditionConcluded": Said("Edition concluded", "Gelaran diakhiri"),
    "InstitutionRegistered": Said("Institution registered", "Instansi didaftarkan"),
    "InstitutionRenamed": Said("Institution renamed", "Nama instansi diubah"),
    "InstitutionMerged": Said("Institution merged", "Instansi digabung"),
    "InstitutionEnrolled": Said("Institution enrolled", "Instansi diikutsertakan"),
    "ObligationSet": Said("Duty set", "Kewajiban ditetapkan"),
    "LateSubmissionPermitted": Said("Late submission permitted", "Pengajuan terlambat diizinkan"),
    "ObligationWaived": Said("Duty waived", "Kewajiban dibebaskan"),
    "ObligationCarriedOver": Said("Duty carried over", "Kewajiban dialihkan"),
    "EnrolmentCarriedOver": Said("Enrolment carried over", "Keikutsertaan dialihkan"),
    "InnovationSubmitted": Said("Innovation submitted", "Inovasi diajukan"),
    "SubmissionConfirmed": Said("Submission confirmed", "Pengajuan ditegaskan"),
    "InnovationRevised": Said("Innovation revised", "Inovasi direvisi"),
    "InnovationEndorsed": Said("Innovation endorsed", "Inovasi disahkan kepala instansi"),
    "InnovationReclassified": Said("Innovation reclassified", "Inovasi dikelompokkan ulang"),
    "InnovationWithdrawn": Said("Innovation withdrawn", "Inovasi ditarik"),
    "PicAppointed": Said("Person in charge appointed", "Penanggung jawab ditunjuk"),
    "PicAccepted": Said("Person in charge accepted", "Penanggung jawab menyanggupi"),
    "PicReplaced": Said("Person in charge replaced", "Penanggung jawab diganti"),
    "NameTaken": Said("Name taken", "Nama dipakai"),
    "NameFreed": Said("Name freed", "Nama dilepas"),
    "DraftsOutstanding": Said("Unsent drafts noticed", "Draf yang belum dikirim tercatat"),
    "EvidenceAttached": Said("Evidence attached", "Bukti dukung dilampirkan"),
    "EvidenceReplaced": Said("Evidence replaced", "Bukti dukung diganti"),
    "ImportAccepted": Said("Import accepted", "Impor diterima"),
    "ScreenerAssigned": Said("Screener assigned", "Penilai ditugaskan"),
    "ScreenerRecused": Said("Screener stepped aside", "Penilai mengundurkan diri"),
    "EligibilityAssessed": Said("Eligibility assessed", "Kelayakan dinilai"),
    "DeskScoreRecorded": Said("Desk score recorded", "Nilai berkas dicatat"),
    "RevisionRequested": Said("Revision requested", "Revisi diminta"),
    "InnovationDisqualified": Said("Innovation disqualified", "Inovasi didiskualifikasi"),
    "ObjectionFiled": Said("Objection filed", "Keberatan diajukan"),
    "ObjectionConfirmed": Said("Objection confirmed", "Keberatan ditegaskan"),
    "ObjectionUpheld": Said("Objection upheld", "Keberatan diterima"),
    "ObjectionRejected": Said("Objection rejected", "Keberatan ditolak"),
    "EvidenceVerified": Said("Evidence verified", "Bukti dukung diverifikasi"),
    "PortfolioAdmitted": Said("Admitted to a portfolio", "Masuk portofolio"),
    "PortfolioRemoved": Said("Removed from a portfolio", "Keluar dari portofolio"),
    "DisqualificationPending": Said("Disqualification pending", "Diskualifikasi menunggu"),
    "DisqualificationSettled": Said("Disqualification settled", "Diskualifikasi diselesaikan"),
    "Nominated": Said("Nominated", "Dinominasikan"),
    "ShortlistConfirmed": Said("Shortlist confirmed", "Daftar nominasi ditetapkan"),
    "NominationRevoked": Said("Nomination revoked", "Nominasi dibatalkan"),
    "JurorAppointed": Said("Juror appointed", "Juri diangkat"),
    "JurorReplaced": Said("Juror replaced", "Juri diganti"),
    "ConflictDeclared": Said("Tie declared", "Keterkaitan dinyatakan"),
    "ConflictProposed": Said("Tie proposed", "Keterkaitan diusulkan"),
    "ConflictDismissed": Said("Tie dismissed", "Usulan keterkaitan ditolak"),
    "TiesStated": Said("Ties stated complete", "Semua keterkaitan dinyatakan"),
    "JurorRecused": Said("Juror stepped aside", "Juri mengundurkan diri"),
    "RubricLocked": Said("Rubric locked", "Rubrik dikunci"),
    "EntryAdmitted": Said("Entry admitted", "Peserta diterima"),
    "PanelAssigned": Said("Panel assigned", "Panel ditetapkan"),
    "EntryExcluded": Said("Entry excluded", "Peserta dikeluarkan"),
    "InnovationStruck": Said("Innovation struck from an entry", "Inovasi dicoret dari peserta"),
    "InnovationReinstated": Said("Innovation reinstated", "Inovasi dikembalikan"),
    "JudgingOpened": Said("Judging opened", "Penjurian dibuka"),
    "JudgingClosed": Said("Judging closed", "Penjurian ditutup"),
    "TieResolved": Said("Tie resolved", "Nilai sama diputuskan"),
    "WinnersDecided": Said("Winners decided", "Pemenang diputuskan"),
    "DecisionConfirmed": Said("Decision confirmed", "Keputusan disahkan"),
    "DecisionReopened": Said("Decision reopened", "Keputusan dibuka kembali"),
    "ResultsAnnounced": Said("Results announced", "Hasil diumumkan"),
    "ResultCorrected": Said("Result corrected", "Hasil dibetulkan"),
    "ResultObjectionFiled": Said("Objection to a result filed", "Keberatan atas hasil diajukan"),
    "ResultObjectionConfirmed": Said("Objection to a result confirmed", "Keberatan atas hasil ditegaskan"),
    "ResultObjectionRejected": Said("Objection to a result rejected", "Keberatan atas hasil ditolak"),
    "ResultObjectionUpheld": Said("Objection to a result upheld", "Keberatan atas hasil diterima"),
    "AwardConferred": Said("Award conferred", "Penghargaan diberikan"),
    "DisclosureProposed": Said("Disclosure of sealed scores proposed", "Pembukaan nilai tersegel diusulkan"),
    "SealedScoresDisclosed": Said("Sealed scores disclosed", "Nilai tersegel dibuka"),
    "ScoresheetOpened": Said("Scoresheet opened", "Lembar nilai dibuka"),
    "ScoreRecorded": Said("Score recorded", "Nilai dicatat"),
    "ScoresheetSubmitted": Said("Scoresheet submitted", "Lembar nilai diserahkan"),
    "ScoresheetConfirmed": Said("Scoresheet confirmed", "Lembar nilai ditegaskan"),
    "ScoresheetReopened": Said("Scoresheet reopened", "Lembar nilai dibuka kembali"),
    "ScoresheetVoided": Said("Scoresheet voided", "Lembar nilai dibatalkan"),
    "NationalAwardProposed": Said("Proposed for the national award", "Diusulkan ke penghargaan nasional"),
    "CircularIssued": Said("Circular issued", "Surat edaran diterbitkan"),
    "CircularAcknowledged": Said("Circular acknowledged", "Surat edaran diterima"),
    "AcknowledgementConfirmed": Said("Acknowledgement confirmed", "Penerimaan edaran ditegaskan"),
    "CircularChased": Said("Circular chased", "Surat edaran ditagih"),
    "DeadlineNear": Said("Deadline near", "Tenggat mendekat"),
    "ReminderSkipped": Said("Reminder skipped", "Pengingat dilewati"),
    "MessageQueued": Said("Message queued", "Pesan diantrekan"),
    "MessageSkipped": Said("Message skipped", "Pesan dilewati"),
    "MessageSent": Said("Message sent", "Pesan terkirim"),
    "MessageUncertain": Said("Message perhaps sent", "Pesan mungkin terkirim"),
    "MessageBounced": Said("Message bounced", "Pesan ditolak alamatnya"),
    "MessageAbandoned": Said("Message abandoned", "Pesan tidak diteruskan"),
    "MessageRequeued": Said("Message queued again", "Pesan diantrekan lagi"),
    "AccountInvited": Said("Account invited", "Akun diundang"),
    "AccountActivated": Said("Account activated", "Akun diaktifkan"),
    "RoleGranted": Said("Role granted", "Peran diberikan"),
    "RoleRevoked": Said("Role revoked", "Peran dicabut"),
    "SessionEnded": Said("Session ended", "Sesi diakhiri"),
    "PasswordResetOffered": Said("New password offered", "Kata sandi baru ditawarkan"),
    "PasswordChanged": Said("Password changed", "Kata sandi diganti"),
    "PersonErased": Said("Personal data erased", "Data pribadi dihapus"),
    "ClientRegistered": Said("Other system registered", "Sistem lain didaftarkan"),
    "ClientSecretRotated": Said("Secret of another system changed", "Rahasia sistem lain diganti"),
    "FormerSecretEnded": Said("Former secret ended", "Rahasia lama berakhir"),
    "ClientRevoked": Said("Other system revoked", "Sistem lain dicabut"),
    "SigningKeyRotated": Said("Key for signing in changed", "Kunci masuk diganti"),
    "NotaryKeyRotated": Said("Key of the notary", "Kunci notaris"),
    "PositionVoided": Said("Number voided", "Nomor dikosongkan"),
    "InconsistencyFound": Said("Contradiction found", "Pertentangan ditemukan"),
}

SERVICES_SAID = {
    "registration": Said("Registration", "Pendaftaran"),
    "screening": Said("Screening", "Penilaian berkas"),
    "judging": Said("Judging", "Penjurian"),
    "notification": Said("Letters", "Surat"),
    "identity": Said("People and roles", "Orang dan peran"),
    "audit": Said("Notary", "Notaris"),
}


def kind_of(type: str) -> Said:
    """A type that has no words here is called by its name: the log may be younger than this program."""
    return WORDS.get(type, Said(type, type))


def actor_of(actor: str) -> Said:
    """Nobody's name: people are told apart by the first digits of their number."""
    kind, _, id = actor.partition("/")
    if kind == "client":
        return Said(f"System {id}", f"Sistem {id}")
    if kind != "person":
        service = id.partition(".")[0]
        said = SERVICES_SAID.get(service, Said(service, service))
        return Said(f"By itself ({said.en})", f"Otomatis ({said.id})")
    return Said(f"Person {id[:6]}", f"Orang {id[:6]}")


SUBJECTS_SAID = {
    "account": Said("Account", "Akun"),
    "assessment": Said("Assessment", "Penilaian"),
    "assignments": Said("Assignments", "Penugasan"),
    "category": Said("Category", "Kategori"),
    "circular": Said("Circular", "Surat edaran"),
    "client": Said("System", "Sistem"),
    "contested": Said("Objections", "Keberatan"),
    "deadline": Said("Deadline", "Tenggat"),
    "drafts": Said("Drafts", "Draf"),
    "edition": Said("Edition", "Gelaran"),
    "enrolment": Said("Enrolment", "Keikutsertaan"),
    "evidence": Said("Evidence", "Bukti dukung"),
    "import": Said("Import", "Impor"),
    "innovation": Said("Innovation", "Inovasi"),
    "institution": Said("Institution", "Instansi"),
    "juror": Said("Juror", "Juri"),
    "message": Said("Message", "Pesan"),
    "names": Said("Names", "Nama"),
    "national-award": Said("National award", "Penghargaan nasional"),
    "notary": Said("Notary", "Notaris"),
    "portfolio": Said("Portfolio", "Portofolio"),
    "scoresheet": Said("Scoresheet", "Lembar nilai"),
    "shortlist": Said("Shortlist", "Daftar nominasi"),
    "signing-keys": Said("Keys for signing in", "Kunci masuk"),
    "verification": Said("Verification", "Verifikasi"),
}
_LONG = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{16,}")


def subject_of(subject: str, edition: str | None) -> Said:
    """What an event is about: its kind, and its number cut short where that is long."""
    kind, _, id = subject.partition("/")
    said = SUBJECTS_SAID.get(kind, Said(kind, kind))
    short = _LONG.sub(lambda found: found[0][:6], id.removeprefix(f"{edition}.") if edition else id)
    return Said(f"{said.en} {short}".strip(), f"{said.id} {short}".strip())
