"""The whole proof, in one reading of the log: its bytes, then the rules, then the results that were announced."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from makmal.verify.bytes import MOST_FINDINGS, Entry, verify
from makmal.verify.findings import BYTES, RESULT, Finding, Verdict
from makmal.verify.result import Recomputed, recompute
from makmal.verify.rules import Rules

Pass = Literal["bytes", "rules", "result"]


class Proof(Struct, frozen=True):
    """`verdict` has the findings of all passes. `unchecked`: what this program could not judge, in English and Indonesian."""

    verdict: Verdict
    acts: int
    """Decisions that were taken anew; 0 where only the bytes were looked at."""
    results: tuple[Recomputed, ...]
    unchecked: tuple[tuple[str, str], ...] = ()
    passes: tuple[Pass, ...] = ("bytes", "rules", "result")
    """Those that were made."""

    @property
    def proven(self) -> bool:
        return self.verdict.proven and not self.unchecked

    @property
    def exit_code(self) -> int:
        """0 proven, 1 violated, 2 could not be checked."""
        return 1 if self.verdict.findings else 0 if self.proven else 2

    @property
    def flawed(self) -> int | None:
        """The first position that was changed or lost, as the bytes say."""
        return min((f.position for f in self.verdict.findings if f.position and f.kind in BYTES), default=None)

    def with_findings(self, findings: list[Finding]) -> "Proof":
        """With what was found besides."""
        return replace(self, verdict=_with(self.verdict, findings)) if findings else self

    def found_by(self, which: Pass) -> list[Finding]:
        kinds = {"bytes": BYTES, "result": RESULT}
        findings = self.verdict.findings
        if which == "rules":
            return [finding for finding in findings if finding.kind not in (*BYTES, *RESULT)]
        return [finding for finding in findings if finding.kind in kinds[which]]


def prove(
    entries: Iterable[Entry],
    note: bytes | None,
    vkey: str,
    leaf_hashes: Sequence[bytes] | None = None,
    *,
    counter: int | None = None,
    only_bytes: bool = False,
) -> Proof:
    """Prove the entries of all streams, merged by position; the arguments are those of `bytes.verify`.

    Where bytes are missing or changed, what the rules say of the rest is told as well, but the first position counts.
    """
    if only_bytes:
        return Proof(verify(entries, note, vkey, leaf_hashes, counter=counter), 0, (), (), ("bytes",))
    rules = Rules()
    verdict = verify(entries, note, vkey, leaf_hashes, counter=counter, each=rules.take)
    rules.finish()
    findings = rules.findings
    results = tuple(recompute(rules.announcements, findings))
    return Proof(_with(verdict, findings), rules.acts, results, tuple(rules.unchecked))


def judge(entries: Iterable[Entry]) -> Proof:
    """Prove as far as it goes without a checkpoint: rules and results of a log whose bytes nobody vouches for."""
    return prove(entries, None, "")


def _with(verdict: Verdict, findings: list[Finding]) -> Verdict:
    every = sorted((*verdict.findings, *findings), key=lambda finding: (finding.position, finding.rank))
    kept = every[:MOST_FINDINGS]
    return replace(verdict, findings=tuple(kept), more=verdict.more + len(every) - len(kept))
