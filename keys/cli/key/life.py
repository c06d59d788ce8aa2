"""`pointsman key generate`, `disable`, `enable`, `delete`: keys come into being, and go out of use."""

from typing import Annotated, Final

import msgspec
import typer

from keys.cli import examples
from keys.cli.codes import AlgorithmOption, ExportabilityOption, ModeOption, UsageOption, code_of
from keys.cli.exits import OK
from keys.cli.key.inventory import tell
from keys.cli.key.vault import PassphraseOption, StoreOption, open_hsm
from keys.errors import KeyBlockError
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.terms import KeyState, Terms

GENERATE = examples(
    "pointsman key generate acquirer.zak --usage M3 --mode C --store my.keys",
    "pointsman key generate acquirer.kbpk --usage K1 --algorithm A --bytes 32 --store my.keys",
    "pointsman key generate issuer.pvk --usage V2 --mode C --terms '{\"pvki\": 1}' --store my.keys",
)
DISABLE = examples("pointsman key disable acquirer.zak --store my.keys", "pointsman key disable acquirer.zak --json")
ENABLE = examples("pointsman key enable acquirer.zak --store my.keys", "pointsman key enable acquirer.zak --json")
DELETE = examples("pointsman key delete acquirer.zak --store my.keys", "pointsman key delete acquirer.zak --yes")

NameArgument = Annotated[str, typer.Argument(help="Name of the key.")]
TermsOption = Annotated[str, typer.Option(help="What its owner says of it besides, as JSON: see docs/keys.md.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_BYTES: Final = {Algorithm.AES: 32, Algorithm.HMAC: 32, Algorithm.TDES: 16}


def generate(
    name: NameArgument,
    store: StoreOption,
    usage: UsageOption,
    algorithm: AlgorithmOption = "T",
    size: Annotated[int | None, typer.Option("--bytes", help="Its length; by default 16 of TDES, 32 of others.")] = None,
    mode: ModeOption = "N",
    exportability: ExportabilityOption = "N",
    terms: TermsOption = "{}",
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new random key."""
    kind = code_of(Algorithm, "--algorithm", algorithm)
    purpose, how = code_of(KeyUsage, "--usage", usage), code_of(Mode, "--mode", mode)
    leaving = code_of(Exportability, "--exportability", exportability)
    with open_hsm(store, passphrase_file, "generate") as hsm:
        made = hsm.generate_key(
            name,
            purpose,
            algorithm=kind,
            size=_BYTES.get(kind, 16) if size is None else size,
            mode=how,
            exportability=leaving,
            terms=terms_of(terms),
        )
    tell([made], as_json=as_json)


def disable(
    name: NameArgument, store: StoreOption, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """Put a key out of use for the time being; the next call already obeys."""
    with open_hsm(store, passphrase_file, "disable") as hsm:
        changed = hsm.change_key_state(name, KeyState.DISABLED)
    tell([changed], as_json=as_json)


def enable(
    name: NameArgument, store: StoreOption, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """Put a key into use again."""
    with open_hsm(store, passphrase_file, "enable") as hsm:
        changed = hsm.change_key_state(name, KeyState.ACTIVE)
    tell([changed], as_json=as_json)


def delete(
    name: NameArgument,
    store: StoreOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Forget a key for ever."""
    with open_hsm(store, passphrase_file, "delete") as hsm:
        known = hsm.describe_key(name)
        if not yes and not typer.confirm(f"Forget key {known.name}, KCV {known.kcv}, for ever?"):
            typer.echo("nothing was deleted")
            raise typer.Exit(OK)
        hsm.delete_key(name)
    typer.echo(f"deleted {known.name}, KCV {known.kcv}")


def terms_of(text: str) -> Terms:
    """Terms out of JSON; KeyBlockError, with the place, for others."""
    try:
        return msgspec.json.decode(text, type=Terms)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise KeyBlockError(f"--terms: {error}; there are {', '.join(Terms.__struct_fields__)}") from None
