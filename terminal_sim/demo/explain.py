"""`demo --explain`: one purchase told step by step. Card and terminal, terminal and switch, decision, records."""

from contextlib import closing

from rich.console import Console

from switch.app import journal_path
from switch.cli.journal import record_line
from switch.config import Config
from switch.ledger import JOURNAL
from switch.machine import Notice, Severity
from switch.store import SqliteReader
from terminal_sim.demo.scenes import Scene
from terminal_sim.terminal.explain import STEP

DECIDED = "exchange.answered"


class Explainer:
    """Hears what switch and terminals say, and tells what belongs to the one purchase."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._exchange = ""
        self._steps = 0

    def begin(self, scene: Scene) -> None:
        """Say what is going to happen."""
        self._say(f"\nOne purchase: {scene.title}, {scene.amount} EUR with the test card {scene.card}\n")

    def hear(self, notice: Notice) -> None:
        """Take one notice."""
        if notice.kind == STEP:
            self._step(notice.text, notice.facts)
        elif notice.kind == DECIDED:
            self._exchange = notice.exchange
            self._step(f"switch decides: {notice.text}", notice.facts)
        elif notice.severity in (Severity.WARNING, Severity.ERROR):
            self._step(notice.text, notice.facts)

    def show_records(self, config: Config) -> None:
        """The records that the purchase has left in the journal."""
        self._say(f"\nRecords written to {journal_path(config)}:")
        with closing(SqliteReader(journal_path(config))) as reader:
            for sealed in reader.read():
                if self._exchange and self._exchange.encode() in sealed.body:
                    self._say(record_line(sealed, JOURNAL.open(sealed)))
                    self._say(
                        f"        digest {sealed.digest.hex()} over the digest before it and these {len(sealed.body)} bytes:"
                    )
                    self._say(f"        {sealed.body.decode()}")
        self._say("")

    def _step(self, text: str, facts: tuple[tuple[str, str], ...]) -> None:
        self._steps += 1
        self._say(f"{self._steps:>2}. {text}")
        for name, value in facts:
            if value and name != "step":
                self._say(f"      {name}: {value}")

    def _say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)
