"""Exit statuses of all commands, and how a complaint looks. One table, so that scripts can rely on it."""

import os
import sys

OK = 0
FAILED = 1
"""A check failed, a purchase was declined, the money does not balance."""
USAGE = 2
"""Wrong words on the command line or in the configuration."""
CONNECTION = 3
"""The other end cannot be reached, or an address cannot be listened on."""
UNREADABLE = 4
"""A message or a journal that cannot be read."""
INTERNAL = 5
"""Our own fault; nothing that was acknowledged is lost."""
INTERRUPTED = 128
"""Plus the number of the signal, as shells count: 130 after Ctrl-C, 143 after SIGTERM."""


def complain(*lines: str) -> None:
    """Write lines to standard error. Words that cannot be written end nothing: whoever read them may have gone away.

    A line may quote what somebody gave: what steers a terminal or turns text on it is written out.
    """
    try:
        for line in lines:
            sys.stderr.write(printable(line) + "\n")
        sys.stderr.flush()
    except BrokenPipeError:
        # What waits in the buffer must go somewhere, or the interpreter makes a failure of it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    except OSError:
        pass


def printable(text: str) -> str:
    """Words of somebody's, for a terminal: what does not print is escaped, so that it commands no terminal."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
