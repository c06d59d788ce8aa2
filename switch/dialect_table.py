"""The dialects that a configuration can name: those that we ship, and those of the dialect files that it lists."""

from collections.abc import Mapping
from pathlib import Path

from switch.config import CONFIG_BYTES_MAX, Config, ConfigError
from switch.wire import DIALECTS, Dialect, SpecError
from switch.wire.dialect_file import parse_dialect


def dialect_table(config: Config) -> Mapping[str, Dialect]:
    """The dialects by name.

    Raises:
        ConfigError: naming each file that cannot be read, or whose dialect cannot be used on a link.
    """
    table = dict(DIALECTS)
    problems = []
    for place, name in enumerate(config.dialects):
        try:
            dialect = parse_dialect(_text_of(Path(name)), DIALECTS)
            if dialect.name in table:
                raise SpecError("there is a dialect of its name already", "SPC-FIL-01")
            if not dialect.match_key:
                raise SpecError("it says neither a base nor by which DEs an answer finds its request", "SPC-FIL-01")
            table[dialect.name] = dialect
        except OSError as error:
            problems.append(f"$.dialects[{place}]: {name}: {error.strerror or error}")
        except (UnicodeDecodeError, SpecError) as error:
            problems.append(f"$.dialects[{place}]: {name}: {error}")
    if problems:
        raise ConfigError(problems)
    return table


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(CONFIG_BYTES_MAX).decode("utf-8")
