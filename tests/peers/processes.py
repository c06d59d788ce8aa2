"""Real processes for tests: programs whose output is read as it comes, a switch among them, and journals on a disk.

Waits are for conditions, never for time; their patience is only there so that a test that fails does end.
"""

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

POINTSMAN = str(Path(sys.executable).with_name("pointsman"))
"""The console script of the environment that the tests run in."""

PATIENCE_S = 60.0
"""Seconds after which a condition is held to be missed for good: far more than a busy machine needs."""


LINES_TOLD = 30
"""Lines of a stream that a failure repeats: its end, where the reason is."""


class Finished:
    """A program that has ended: its exit status, and what it wrote, as bytes and as text."""

    def __init__(self, status: int, output: bytes, complaints: bytes) -> None:
        self.status = status
        self.raw_output = output
        self.raw_complaints = complaints
        self.output = output.decode("utf-8", "backslashreplace")
        self.complaints = complaints.decode("utf-8", "backslashreplace")

    def __repr__(self) -> str:
        return f"exit status {self.status}\n{self.output}\n--- stderr\n{self.complaints}"


def run(*words: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> Finished:
    """Run a `pointsman` command to its end."""
    done = subprocess.run(
        [POINTSMAN, *map(str, words)], input=stdin, capture_output=True, cwd=cwd, timeout=PATIENCE_S, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


class Lines:
    """What a stream has brought so far, line by line; a thread of its own reads it, so that no pipe ever fills up."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._ended = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            with self._change:
                self._lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))
                self._change.notify_all()
        with self._change:
            self._ended = True
            self._change.notify_all()

    def all(self) -> list[str]:
        """The lines so far."""
        with self._change:
            return list(self._lines)

    def wait(self, found: Callable[[list[str]], Any], *, patience_s: float = PATIENCE_S) -> Any:
        """The first true value of `found(lines)`; it is asked again with each new line."""
        with self._change:
            self._change.wait_for(lambda: self._ended or found(self._lines), patience_s)
            value = found(self._lines)
            state = "the stream has ended" if self._ended else "the stream is open"
            assert value, "\n".join(
                (f"what was waited for did not come; {state}, and brought last:", *self._lines[-LINES_TOLD:])
            )
            return value

    def finish(self) -> None:
        """Read to the end, which a program that has ended has."""
        self._thread.join(PATIENCE_S)

    def close(self) -> None:
        """Read to the end and close."""
        self.finish()
        self._stream.close()


class Program:
    """A program that runs beside the test until `close`, which kills what still runs.

    Args:
        words: the command, its name first.
        cwd: where it runs.
    """

    def __init__(self, words: list[str], cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, bufsize=0
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._stdin = self.process.stdin
        self.output = Lines(self.process.stdout)
        self.complaints = Lines(self.process.stderr)

    def write(self, line: str) -> None:
        """Put one line on its standard input."""
        self._stdin.write(line.encode() + b"\n")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Its exit status, when it has ended; all that it wrote has been read then."""
        status = self.process.wait(PATIENCE_S)
        self.output.finish()
        self.complaints.finish()
        return status

    def close(self) -> None:
        """End it, if it has not ended, and read what is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        self.output.close()
        self.complaints.close()

    def text(self) -> str:
        """All that it wrote so far, on both streams."""
        return "\n".join([*self.output.all(), *self.complaints.all()])

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RunningSwitch(Program):
    """`pointsman serve`, listening.

    Args:
        words: what follows `serve`.
        state: its state directory.
    """

    def __init__(self, *words: str | Path, state: Path) -> None:
        super().__init__([POINTSMAN, "serve", "--state", str(state), *map(str, words)], cwd=state.parent)
        self.state = state
        try:
            self.complaints.wait(lambda lines: any("journal: " in line for line in lines))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "RunningSwitch":
        return self

    def port(self, link: str = "pos") -> int:
        """The port that a link listens on."""
        found = [re.search(rf"listening: {link} on port (\d+)", line) for line in self.complaints.all()]
        return next(int(match[1]) for match in found if match)

    def wait_for(self, words: str, *, count: int = 1) -> str:
        """The `count`-th line of the log that holds `words`."""
        line: str = self.complaints.wait(
            lambda lines: found[count - 1] if len(found := [line for line in lines if words in line]) >= count else None
        )
        return line

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()


class Conversation:
    """A program that answers each JSON line with a JSON line, as the foreign client does."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._heard = 0

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """One order, and its answer."""
        self.say(order)
        return self.hear()

    def say(self, order: Mapping[str, Any]) -> None:
        """One order, without waiting."""
        self.program.write(json.dumps(order))

    def hear(self) -> dict[str, Any]:
        """The next line that was not heard yet."""
        self._heard += 1
        heard = self._heard
        line: str = self.program.output.wait(lambda lines: lines[heard - 1] if len(lines) >= heard else None)
        answer: dict[str, Any] = json.loads(line)
        return answer


def records(path: Path) -> list[dict[str, Any]]:
    """The records of a journal, as `pointsman journal show` tells them, also while a switch is writing it."""
    shown = run("journal", "show", path, "--json")
    assert shown.status == 0, shown
    return [json.loads(line)["record"] for line in shown.output.splitlines()]


def balance(journal: list[dict[str, Any]], account: str) -> tuple[int, int]:
    """What an account has and what of it is held, in minor units, by the journal's records alone."""
    minor, holds = 0, {}
    for record in journal:
        if record["type"] == "account-opened" and record["account"] == account:
            minor += record["minor"]
        minor += sum(posting["minor"] for posting in record.get("postings", ()) if posting["account"] == account)
        if record.get("hold", {}).get("account") == account:
            holds[record["hold"]["transaction"]] = record["hold"]["minor"]
        holds.pop(record.get("released", ""), None)
    return minor, sum(holds.values())


def of_kind(journal: list[dict[str, Any]], kind: str, key: str = "") -> Iterator[dict[str, Any]]:
    """The records of one kind, of one transaction or of all whose key has `key` in it."""
    return (record for record in journal if record["type"] == kind and key in record.get("key", ""))
