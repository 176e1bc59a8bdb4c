"""What every event type has: an owner, a name and a schema version."""

from typing import ClassVar

from msgspec import Struct


class Event(Struct, frozen=True):
    """A fact of the competition, in the past tense. Its `data` in the envelope is the object of its fields."""

    schema: ClassVar[int] = 1

    @classmethod
    def owner(cls) -> str:
        """The service that alone may record it: the module that defines it."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def dataschema(cls) -> str:
        return f"urn:makmal:{cls.owner()}:{cls.__name__}:{cls.schema}"
