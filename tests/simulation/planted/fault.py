"""A planted fault: a diff with a head that says what it plants, and how it is put into a copy of the packages. Finds nothing.

The head is lines of text up to the first empty one: a sentence, then "Broken:" with the invariants that may be named for it,
"Hunt:" with where it can be seen (see `hunt`), "Seed:" with the first seed known to show it.
"""

import shutil
from pathlib import Path

import msgspec

PACKAGES = ("keys", "switch", "terminal_sim")

ROOT = Path(__file__).resolve().parents[3]

HALF_COMPILED = shutil.ignore_patterns("*.pyc.*")
"""What another process is compiling at this moment has such a name, and loses it at any time."""


class StaleDiff(Exception):
    """A diff does not fit the packages any more: what it changes has been written otherwise since."""


class Hunk(msgspec.Struct, frozen=True):
    """A place in a file: the lines that are there, and those that take their place."""

    file: str
    before: str
    after: str


class Planted(msgspec.Struct, frozen=True):
    """One fault.

    Args:
        words: what it does.
        broken: the invariants that are right to be named for it.
        hunt: where it is looked for.
        seed: the first one that is known to show it.
        hunks: what it changes.
    """

    words: str
    broken: tuple[str, ...]
    hunt: str
    seed: int
    hunks: tuple[Hunk, ...]

    def plant(self, directory: Path) -> None:
        """Make a copy of the packages in `directory`, with the fault in it.

        Raises:
            StaleDiff: lines that it changes are not there, or in more than one place.
        """
        for package in PACKAGES:
            shutil.copytree(ROOT / package, directory / package, ignore=HALF_COMPILED)
        for hunk in self.hunks:
            path = directory / hunk.file
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            if text.count(hunk.before) != 1:
                raise StaleDiff(f"{hunk.file} has {text.count(hunk.before)} places with these lines:\n{hunk.before}")
            path.write_text(text.replace(hunk.before, hunk.after), encoding="utf-8")
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
                compiled.unlink()


def read_fault(path: Path) -> Planted:
    """The fault that a file holds.

    Raises:
        ValueError: its head or its diff is not spelled as it must be.
    """
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    words, *marks = head.splitlines()
    named = dict(mark.split(": ", 1) for mark in marks)
    return Planted(words, tuple(named["Broken"].split()), named["Hunt"], int(named["Seed"]), tuple(_hunks(body)))


def _hunks(body: str) -> list[Hunk]:
    """The hunks of a unified diff. Line numbers are not read: a place is known by its lines, wherever these have moved."""
    hunks: list[Hunk] = []
    file, before, after = "", "", ""
    for line in [*body.splitlines(keepends=True), "@@\n"]:
        if line.startswith(("@@", "--- ")):
            if before != after:
                hunks.append(Hunk(file, before, after))
            before, after = "", ""
        elif line.startswith("+++ b/"):
            file = line.removeprefix("+++ b/").rstrip()
        elif line[0] in " -+":
            before += "" if line[0] == "+" else line[1:]
            after += "" if line[0] == "-" else line[1:]
        else:
            raise ValueError(f"a line of a diff begins with a blank, - or +: {line!r}")
    return hunks
