"""Exit statuses and complaints of the switch's commands: the one table of all commands, which stands in `keys.cli`."""

from keys.cli.exits import CONNECTION, FAILED, INTERNAL, INTERRUPTED, OK, UNREADABLE, USAGE, complain

__all__ = ["CONNECTION", "FAILED", "INTERNAL", "INTERRUPTED", "OK", "UNREADABLE", "USAGE", "complain"]
