"""The dialects that a configuration can name: those that we ship, and those of the dialect files that it lists."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from switch.config import CONFIG_BYTES_MAX, Config, ConfigError
from switch.wire import DIALECTS, Dialect, SpecError
from switch.wire.dialect_file import DialectFile, make_of, parse_file


class DialectTable(msgspec.Struct, frozen=True):
    """What there is to be named.

    Args:
        dialects: by name.
        files: what the files say, in the order of the configuration; by that it can be seen whether one has changed.
    """

    dialects: Mapping[str, Dialect]
    files: tuple[DialectFile, ...]


def dialect_table(config: Config) -> DialectTable:
    """Read the files.

    Raises:
        ConfigError: naming each file that cannot be read, or whose dialect cannot be used on a link.
    """
    table = dict(DIALECTS)
    files, problems = [], []
    for place, name in enumerate(config.dialects):
        try:
            file = parse_file(_text_of(Path(name)))
            dialect = make_of(file, DIALECTS)
            if dialect.name in table:
                raise SpecError("there is a dialect of its name already", "SPC-FIL-01")
            if not dialect.match_key:
                raise SpecError("it says neither a base nor by which DEs an answer finds its request", "SPC-FIL-01")
            table[dialect.name] = dialect
            files.append(file)
        except OSError as error:
            problems.append(f"$.dialects[{place}]: {name}: {error.strerror or error}")
        except (UnicodeDecodeError, SpecError) as error:
            problems.append(f"$.dialects[{place}]: {name}: {error}")
    if problems:
        raise ConfigError(problems)
    return DialectTable(table, tuple(files))


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(CONFIG_BYTES_MAX).decode("utf-8")
