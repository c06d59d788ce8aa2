"""Logs: notices as lines on standard error, for people or for programs. Redaction is the last step before the line is built.

Nothing here is global: `notice_logger` gives a function, and whoever has none logs nothing.
"""

import sys
from collections.abc import Callable, Mapping, MutableMapping
from enum import Enum
from typing import Any, TextIO

import msgspec
import structlog

from switch.machine import Notice, Severity
from switch.shell.redaction import redact_text, redact_value


class LogFormat(Enum):
    """How a line looks."""

    CONSOLE = "console"
    """Words for a person."""

    JSON = "json"
    """One JSON object a line."""


RANKS = {Severity.DEBUG: 10, Severity.INFO: 20, Severity.WARNING: 30, Severity.ERROR: 40}
"""Log level of each severity, numbered as the standard library numbers them."""


def notice_logger(
    log_format: LogFormat, *, least: Severity = Severity.INFO, stream: TextIO | None = None
) -> Callable[[Notice], None]:
    """A function that logs the notices it is given; those below `least` cost it one comparison.

    A stream that cannot be written (a broken pipe, a full disk) costs lines, never the caller; how many were lost is told as
    soon as it can be written again.

    Args:
        stream: where to; standard error when it is left out.
    """
    logger = structlog.wrap_logger(
        _Lines(stream or sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.EventRenamer("text"),
            redact_event,
            _RENDERERS[log_format],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(RANKS[least]),
        cache_logger_on_first_use=True,
    )
    least_rank = RANKS[least]
    # Not `logger.log(rank, ...)`: its own parameter is called `level`, as one of the values is.
    write = {severity: getattr(logger, severity.value) for severity in Severity}

    def log(notice: Notice) -> None:
        if RANKS[notice.severity] >= least_rank:
            write[notice.severity](notice.text, **_values_of(notice))

    return log


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The processor that stands last before the renderer: all values redacted, unknown types hidden."""
    return {redact_text(name): redact_value(value, name) for name, value in event.items()}


def _values_of(notice: Notice) -> dict[str, Any]:
    """What a line tells besides its text; what has no meaning for this notice is left out."""
    values: dict[str, Any] = {"level": notice.severity.value, "kind": notice.kind}
    if notice.link:
        values["link"] = notice.link
    if notice.conn:
        values["conn"] = notice.conn
    if notice.exchange:
        values["exchange"] = notice.exchange
    if notice.facts:
        values["facts"] = dict(notice.facts)
    return values


def _render_json(_logger: object, _method: str, event: Mapping[str, Any]) -> str:
    return msgspec.json.encode(event).decode()


def _render_console(_logger: object, _method: str, event: Mapping[str, Any]) -> str:
    place = " ".join(f"{name} {event[name]}" for name in ("link", "conn", "exchange") if name in event)
    facts = "".join(f" {name}={_quoted(value)}" for name, value in event.get("facts", {}).items())
    words = f"{event['text']} [{event['kind']}]"
    return f"{event['at']} {event['level']:<7} {f'{place}: ' if place else ''}{words}{facts}"


_RENDERERS: Mapping[LogFormat, Callable[[object, str, Mapping[str, Any]], str]] = {
    LogFormat.CONSOLE: _render_console,
    LogFormat.JSON: _render_json,
}


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if not text or " " in text or "=" in text else text


class _Lines:
    """The end of the chain: writes finished lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = 0

    def debug(self, line: str) -> None:
        """Write one line; the levels differ no more."""
        try:
            if self._lost:
                self._stream.write(f"({self._lost} lines were lost: this stream could not be written)\n")
            self._stream.write(f"{line}\n")
            self._stream.flush()
            self._lost = 0
        except (OSError, ValueError):  # ValueError: the stream is closed, or cannot hold a character.
            self._lost += 1

    info = warning = error = debug
