"""The names of a log's keys. All carry the hash tag `{log}`, so that on a cluster one log lives on one shard."""

from dataclasses import dataclass

SERVICES = ("registration", "screening", "judging", "notification", "identity", "audit")

WEEK = 7 * 24 * 3600
"""Seconds; request records stand in one hash a week."""


@dataclass(frozen=True, slots=True)
class Keys:
    log: str

    def __post_init__(self) -> None:
        if not self.log or not all(c.isascii() and (c.isalnum() or c == "-") for c in self.log):
            raise ValueError(f"a log's name has only letters, digits and '-', unlike {self.log!r}")

    @property
    def position(self) -> str:
        return f"{{{self.log}}}:position"

    def stream(self, service: str) -> str:
        return f"{{{self.log}}}:events:{service}"

    def index(self, service: str, subject: str) -> str:
        """The list of positions of one aggregate's events; its length is the aggregate's version."""
        return f"{{{self.log}}}:index:{service}:{subject}"

    def requests(self, service: str, week: int) -> str:
        return f"{{{self.log}}}:requests:{service}:{week}"

    def work(self, queue: str) -> str:
        return f"{{{self.log}}}:work:{queue}"
