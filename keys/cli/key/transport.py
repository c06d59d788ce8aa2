"""`pointsman key import` and `export`: keys in key blocks (TR-31, X9.143) under a key that both sides have."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from keys.cli import examples
from keys.cli.codes import code_of
from keys.cli.key.inventory import tell
from keys.cli.key.life import JsonOption, NameArgument, TermsOption, terms_of
from keys.cli.key.vault import PassphraseOption, StoreOption, open_hsm
from keys.errors import KeyBlockError
from keys.material import Exportability
from keys.tr31.header import BLOCK_CHARACTERS_MAX, Version

IMPORT = examples(
    "pointsman key import acquirer.zak --kbpk acquirer.kbpk --file zak.tr31 --store my.keys",
    "pointsman key import acquirer.zak --kbpk acquirer.kbpk --file - --store my.keys < zak.tr31",
)
EXPORT = examples(
    "pointsman key export acquirer.zak --kbpk acquirer.kbpk --store my.keys > zak.tr31",
    "pointsman key export acquirer.zak --kbpk acquirer.kbpk --exportability N --version D --store my.keys",
)

KbpkOption = Annotated[str, typer.Option(help="Name of the key block protection key.")]
_READ_MAX: Final = BLOCK_CHARACTERS_MAX + 100


def import_(
    name: NameArgument,
    store: StoreOption,
    kbpk: KbpkOption,
    block: Annotated[str | None, typer.Option(help="The key block itself.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the key block, or - for standard input.")] = None,
    terms: TermsOption = "{}",
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a key out of a key block. What it is for stands in the block."""
    if (block is None) == (file is None):
        raise typer.BadParameter("give the key block by --block or --file, one of them")
    with open_hsm(store, passphrase_file, "import") as hsm:
        text = block if block is not None else _text_of(file)
        made = hsm.import_key(name, kbpk=kbpk, block=text, terms=terms_of(terms))
    tell([made], as_json=as_json)


def export(
    name: NameArgument,
    store: StoreOption,
    kbpk: KbpkOption,
    version: Annotated[str | None, typer.Option(help="B for a TDES KBPK, D or E for an AES one.")] = None,
    exportability: Annotated[str | None, typer.Option(help="What the block shall say: the key's own or less.")] = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Print a key as a key block, for another HSM that has the protection key."""
    wanted = None if exportability is None else code_of(Exportability, "--exportability", exportability)
    with open_hsm(store, passphrase_file, "export") as hsm:
        block = hsm.export_key(name, kbpk=kbpk, version=_version(version), exportability=wanted)
    typer.echo(block)


def _version(word: str | None) -> Version | None:
    if word is None:
        return None
    if word.upper() not in ("B", "D", "E"):
        raise typer.BadParameter("--version takes one of B D E; those of the past are only read")
    return Version(word.upper())


def _text_of(file: Path | None) -> str:
    try:
        if file is None or str(file) == "-":
            return sys.stdin.read(_READ_MAX).strip()
        with file.open(encoding="ascii") as lines:
            return lines.read(_READ_MAX).strip()
    except (OSError, ValueError) as error:
        raise KeyBlockError(f"{file}: {getattr(error, 'strerror', None) or 'not a key block, which is plain ASCII'}") from None
