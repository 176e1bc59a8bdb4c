"""Signed documents of circulars, by their digest."""

from shared.parts import Parts
from shared.stored_files import StoredFiles


def files_of(parts: Parts) -> StoredFiles:
    """`circulars` in the service's data directory."""
    found = parts.own.get("circulars")
    if found is None:
        found = parts.own["circulars"] = StoredFiles(parts.settings.data / "circulars")
    assert isinstance(found, StoredFiles)
    return found
