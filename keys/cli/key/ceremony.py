"""`pointsman key components`: a key formed of what two or more custodians bring, none of whom sees another's part.

Each types in a component, which the screen does not show, and the check value on the sheet it came with; or each brings a
file with the two. What is shown is check values alone.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from keys.cli import examples
from keys.cli.codes import AlgorithmOption, ExportabilityOption, ModeOption, UsageOption, code_of
from keys.cli.exits import complain
from keys.cli.key.inventory import tell
from keys.cli.key.life import JsonOption, NameArgument, TermsOption, terms_of
from keys.cli.key.vault import PassphraseOption, StoreOption, open_hsm
from keys.components import COMPONENTS_MIN, Component
from keys.errors import KeyBlockError
from keys.hexadecimal import HEX_DIGITS, parse_hex
from keys.hsm.key_management import Contribution
from keys.material import Algorithm, Exportability, KeyUsage, Mode, check_value
from keys.policy import Role
from keys.sensitive import Secret

FILE_BYTES_MAX: Final = 1024

COMPONENTS = examples(
    "pointsman key components acquirer.zmk --usage K1 --custodian alice --custodian bob --store my.keys",
    "pointsman key components acquirer.zmk --usage K1 --custodian alice=a.txt --custodian bob=b.txt --store my.keys",
)


def components(
    name: NameArgument,
    store: StoreOption,
    usage: UsageOption,
    custodian: Annotated[
        list[str], typer.Option(metavar="NAME[=FILE]", help="Who brings a component, typed in or in a file; two or more.")
    ],
    algorithm: AlgorithmOption = "T",
    mode: ModeOption = "N",
    exportability: ExportabilityOption = "N",
    terms: TermsOption = "{}",
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Form a key of components, each brought by another custodian with its own check value."""
    kind = code_of(Algorithm, "--algorithm", algorithm)
    purpose, how = code_of(KeyUsage, "--usage", usage), code_of(Mode, "--mode", mode)
    leaving = code_of(Exportability, "--exportability", exportability)
    if len(custodian) < COMPONENTS_MIN:
        raise typer.BadParameter(f"a key has {COMPONENTS_MIN} custodians or more: give --custodian for each")
    with open_hsm(store, passphrase_file, "components", Role.CUSTODIAN) as hsm:
        agreed = terms_of(terms)
        brought = [_contribution(word, kind) for word in custodian]
        made = hsm.form_key(name, purpose, brought, algorithm=kind, mode=how, exportability=leaving, terms=agreed)
    tell([made], as_json=as_json)


def _contribution(word: str, kind: Algorithm) -> Contribution:
    """One custodian's component, once its check value was shown."""
    custodian, equals, file = word.partition("=")
    secret, stated = _from_file(custodian, Path(file)) if equals else _typed(custodian)
    right = check_value(kind, secret)
    complain(f"component of {custodian}: KCV {right}")
    return Contribution(custodian, Component(secret, stated))


def _typed(custodian: str) -> tuple[Secret, str]:
    entered = typer.prompt(f"Component of {custodian} (not shown)", hide_input=True, err=True)
    secret = _secret(custodian, entered)
    stated = typer.prompt(f"Its check value on {custodian}'s sheet", err=True)
    return secret, _check_value(custodian, stated)


def _from_file(custodian: str, file: Path) -> tuple[Secret, str]:
    """The component and, behind it, its check value."""
    try:
        with file.open("rb") as lines:
            words = lines.read(FILE_BYTES_MAX).decode("ascii").split()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not hex digits"
        raise KeyBlockError(f"component of {custodian}: {file}: {why}") from None
    if len(words) != 2:
        raise KeyBlockError(f"component of {custodian}: {file} has the component and its check value, two words of hex digits")
    return _secret(custodian, words[0]), _check_value(custodian, words[1])


def _secret(custodian: str, text: str) -> Secret:
    digits = text.replace(" ", "")
    octets = parse_hex(digits)
    if not octets:
        raise KeyBlockError(f"component of {custodian}: it has {len(digits)} characters, not an even number of hex digits")
    return Secret(octets)


def _check_value(custodian: str, text: str) -> str:
    if len(text.strip()) != 6 or not HEX_DIGITS.issuperset(text.strip()):
        raise KeyBlockError(f"component of {custodian}: its check value has six hex digits")
    return text.strip()
