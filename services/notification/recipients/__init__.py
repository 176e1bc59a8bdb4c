"""Whom an event concerns, by what it is about. A function gives, for each person, what his letter tells."""
