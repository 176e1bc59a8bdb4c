"""The edge of every service: one way to answer, to refuse, to identify a request and to wait for a position."""
