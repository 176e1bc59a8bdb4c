"""What an API client may do: the scopes that it was registered with, each for one kind of request."""

SCOPES = {
    "innovations:read": "look at the innovations, PICs and obligations of the institutions that the client is registered for",
    "innovations:write": "submit, revise and withdraw innovations, and appoint their PICs",
    "evidence:write": "upload evidence files",
    "people:write": "register people, so that they can be named as PICs",
    "webhooks:write": "register webhooks, and see what became of their deliveries",
}
"""Scope -> what it allows. There is no other; what no scope allows is forbidden to clients."""
