"""How a command says its parts: as lines, each part when it is known, or as one JSON object at the end. Chooses no words."""

from collections.abc import Iterable

import msgspec
import typer


class Teller:
    """Tells one result.

    Args:
        as_json: True for one object, which has each part by its name.
    """

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._parts: dict[str, object] = {}

    def say(self, name: str, value: object, lines: Iterable[str]) -> None:
        """Tell a part: its lines to people, its value to programs."""
        if self._as_json:
            self._parts[name] = value
            return
        for line in lines:
            typer.echo(line)

    def end(self) -> None:
        """Nothing more is told."""
        if self._as_json:
            typer.echo(msgspec.json.encode(self._parts).decode())
