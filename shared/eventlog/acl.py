"""Who may do what on the broker: one ACL user per service, written from the one list of commands that the scripts use.

A selector is judged whole, so EVALSHA is allowed on all keys of the log by itself; each command inside the script is then judged
by itself, and there a service may write only its own keys.
"""

import hashlib
from collections.abc import Mapping

from shared.eventlog.keys import SERVICES, Keys

SCRIPT_WRITES = {
    "stream": ("xadd",),
    "index": ("rpush",),
    "requests": ("hset", "expire"),
    "position": ("incr",),
}
"""What the append script does to each kind of key."""

READS = (
    *("get", "llen", "lrange", "hget", "hmget", "exists"),
    *("xread", "xrange", "xrevrange", "xlen", "xinfo|stream", "evalsha_ro"),
)
"""What every service may do on all streams and indexes of the log, and on its own request records; not on others' work."""

WITHOUT_KEYS = (
    *("ping", "auth", "hello", "echo", "time", "multi", "exec", "discard", "select", "reset", "quit"),
    *("client|setname", "client|id", "script|load", "script|exists"),
)
"""Redis 7.0 knows no `client|setinfo` and would refuse the file; client libraries bear the refusal."""

WORK_QUEUES: Mapping[str, tuple[str, ...]] = {"notification": ("mail", "webhook")}
"""The work queues of each service. Work may be trimmed; it is no part of the log."""

WORK = (
    *("xadd", "xreadgroup", "xack", "xautoclaim", "xclaim", "xpending", "xlen", "xrange", "xdel", "xtrim", "del"),
    *("xgroup|create", "xgroup|createconsumer", "xgroup|delconsumer", "xgroup|destroy", "xinfo|stream", "xinfo|groups"),
    *("xinfo|consumers",),
)

OPERATOR = "operator"
"""Starts, stops and backs up the broker, and restores a log. No service has its password."""

RESTORER = "restorer"
"""Puts events back into a log. The operator makes this user when a log is restored, and removes it at the end."""

RESTORING = (
    *("eval", "exists", "get", "set", "del", "rename", "hsetnx", "expire"),
    *("xadd", "xrange", "xrevrange", "rpush", "lrange"),
)


def _selector(commands: tuple[str, ...], *patterns: str) -> str:
    return f"({' '.join(patterns)} {' '.join(f'+{command}' for command in commands)})"


def _user(name: str, password: str, *rules: str) -> str:
    digest = hashlib.sha256(password.encode()).hexdigest()
    return f"user {name} on #{digest} {' '.join(rules)}"


def service_rules(log: str, service: str) -> list[str]:
    """The ACL rules of one service's user, without its password."""
    keys = Keys(log)
    own = {
        "stream": keys.stream(service),
        "index": keys.index(service, "*"),
        "requests": f"{{{log}}}:requests:{service}:*",
        "position": keys.position,
    }
    return [
        "resetchannels",
        "-@all",
        *(f"+{command}" for command in WITHOUT_KEYS),
        _selector(("evalsha",), f"~{{{log}}}:*"),
        _selector(
            READS, *(f"%R~{key}" for key in (f"{{{log}}}:events:*", f"{{{log}}}:index:*", own["position"], own["requests"]))
        ),
        *(_selector(commands, f"~{own[kind]}") for kind, commands in SCRIPT_WRITES.items()),
        *(_selector(WORK, f"~{keys.work(queue)}*") for queue in WORK_QUEUES.get(service, ())),
    ]


def restorer_rules(log: str) -> list[str]:
    """The ACL rules of the restorer, without its password: all that makes up the log, and nothing else."""
    keys = Keys(log)
    patterns = [f"~{key}" for key in (f"{{{log}}}:events:*", f"{{{log}}}:index:*", f"{{{log}}}:requests:*", keys.position)]
    return ["resetchannels", "-@all", *(f"+{command}" for command in WITHOUT_KEYS), _selector(RESTORING, *patterns)]


def render(log: str, passwords: Mapping[str, str]) -> str:
    """The ACL file: a user for each service and the operator; the default user is off.

    `passwords` has one for every service and for `operator`; only their SHA-256 goes into the file.
    """
    lines = ["user default off nopass sanitize-payload resetchannels -@all"]
    lines += [_user(service, passwords[service], *service_rules(log, service)) for service in SERVICES]
    lines.append(_user(OPERATOR, passwords[OPERATOR], "~*", "&*", "+@all"))
    return "\n".join(lines) + "\n"
