"""The broker that Makmal brings along: a Valkey server on a directory of its own."""

from shared.broker.embedded import BrokerRefused, EmbeddedBroker, valkey_binary

__all__ = ["BrokerRefused", "EmbeddedBroker", "valkey_binary"]
