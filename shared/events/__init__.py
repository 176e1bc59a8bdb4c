"""The published language of the house: every event type, defined once by the service that owns it.

Old events are never rewritten. When a type changes, its `schema` grows and `UPCASTS` says how an old `data` object becomes a new one.
"""

from shared.events.catalogue import UPCASTS, catalogue, decode
from shared.events.event import Event

__all__ = ["UPCASTS", "Event", "catalogue", "decode"]
