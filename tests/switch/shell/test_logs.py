"""Notices become lines, for people and for programs; redaction comes last; a dead stream harms nobody."""

import io
import json
import re

import pytest

from switch.machine import Notice, Severity
from switch.shell.logs import LogFormat, notice_logger

NOTICE = Notice(
    "mac.bad",
    Severity.WARNING,
    "the MAC of an 0200 does not match; it was refused",
    link="acquirer",
    conn=7,
    exchange="acquirer 0200",
    facts=(("stan", "000123"), ("why", "two words"), ("pan", "476173******0119")),
)
PLANTED = Notice(
    "planted",
    Severity.ERROR,
    "card 4761739001010119 \x1b[2J",
    link="4761739001010119",
    exchange="4761739001010119",
    facts=(("pin", "1234"), ("track", ";4761739001010119=2412?"), ("key", "0123456789ABCDEFFEDCBA9876543210"), ("n", "\r\n")),
)


def logged(log_format: LogFormat, *notices: Notice, least: Severity = Severity.DEBUG) -> str:
    stream = io.StringIO()
    log = notice_logger(log_format, least=least, stream=stream)
    for notice in notices:
        log(notice)
    return stream.getvalue()


def test_a_line_for_people():
    """When, how loud, where, what, and the named facts."""
    line = logged(LogFormat.CONSOLE, NOTICE)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z warning link acquirer conn 7 exchange acquirer 0200: "
        r"the MAC of an 0200 does not match; it was refused \[mac\.bad\] "
        r'stan=000123 why="two words" pan=476173\*{6}0119\n',
        line,
    )


def test_a_line_without_a_place():
    """What has no meaning for a notice is left out."""
    line = logged(LogFormat.CONSOLE, Notice("switch.started", Severity.INFO, "ready"))
    assert line.endswith("Z info    ready [switch.started]\n")


def test_a_line_for_programs():
    """One JSON object a line, numbers as numbers."""
    record = json.loads(logged(LogFormat.JSON, NOTICE))
    assert record.pop("at").endswith("Z")
    assert record == {
        "text": "the MAC of an 0200 does not match; it was refused",
        "level": "warning",
        "kind": "mac.bad",
        "link": "acquirer",
        "conn": 7,
        "exchange": "acquirer 0200",
        "facts": {"stan": "000123", "why": "two words", "pan": "476173******0119"},
    }


@pytest.mark.parametrize("log_format", LogFormat)
def test_redaction_is_the_last_step(log_format):
    """Card data in any part of a notice is masked, and a peer's line ends make no lines."""
    line = logged(log_format, PLANTED)
    assert "4761739001010119" not in line
    assert "1234" not in line
    assert "FEDCBA98" not in line
    assert "\x1b" not in line
    assert line.count("\n") == 1
    assert line.count("476173******0119") == 3


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("least", Severity)
def test_what_is_too_quiet_is_left_out(log_format, least):
    """Each severity is logged from its own rank on."""
    notices = [Notice("k", severity, f"a {severity.value}") for severity in Severity]
    lines = logged(log_format, *notices, least=least).splitlines()
    expected = list(Severity)[list(Severity).index(least) :]
    assert [next(severity for severity in Severity if f"a {severity.value}" in line) for line in lines] == expected


class Pipe(io.StringIO):
    """A stream that breaks and mends."""

    broken: Exception | None = None

    def write(self, text: str) -> int:
        if self.broken:
            raise self.broken
        return super().write(text)


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device"), ValueError("closed")]
)
def test_a_stream_that_cannot_be_written_costs_only_lines(error):
    """The caller never sees the error; the number of lost lines is told when the stream is well again."""
    pipe = Pipe()
    log = notice_logger(LogFormat.CONSOLE, stream=pipe)
    pipe.broken = error
    log(NOTICE)
    log(NOTICE)
    pipe.broken = None
    log(NOTICE)
    log(NOTICE)
    lines = pipe.getvalue().splitlines()
    assert lines[0] == "(2 lines were lost: this stream could not be written)"
    assert len(lines) == 3


def test_logs_go_to_standard_error(capsys):
    """Standard output belongs to what a command prints."""
    notice_logger(LogFormat.CONSOLE)(NOTICE)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "mac.bad" in captured.err


def test_two_loggers_do_not_share_anything():
    """Making a second logger changes nothing for the first: no configuration is global."""
    first, second = io.StringIO(), io.StringIO()
    log_first = notice_logger(LogFormat.CONSOLE, stream=first)
    log_second = notice_logger(LogFormat.JSON, least=Severity.ERROR, stream=second)
    log_first(NOTICE)
    log_second(NOTICE)
    assert "mac.bad" in first.getvalue()
    assert second.getvalue() == ""
