"""Refusals: what a person is told when a rule stands against what he asked. Each is a sentence in both languages of the pages."""


class Refused(Exception):
    """The rules do not allow it as things stand. Says what would be allowed."""

    def __init__(self, en: str, id: str):
        super().__init__(en)
        self.en = en
        self.id = id


class Forbidden(Refused):
    """This person may not do it, whatever the state of things."""


class Invalid(Refused):
    """What was said cannot be taken: a field is missing, too short, or out of range."""


class Unknown(Refused):
    """There is no such thing."""


class Away(Refused):
    """Another part of the house must be asked for this, and does not answer just now. The same request may do later."""


class VersionNeeded(Refused):
    """An edit must name the version that it edits, so that it overwrites nobody else's."""


class ChangedMeanwhile(Exception):
    """Somebody else changed it since it was read. Look at it anew and decide again."""

    def __init__(self, subject: str, version: int):
        super().__init__(f"{subject} has meanwhile reached version {version}")
        self.subject = subject
        self.version = version
