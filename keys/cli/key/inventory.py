"""`pointsman key list` and `show`: what there is, by attributes and check values; published lab keys also in clear."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from keys.cli import examples
from keys.cli.key.vault import PassphraseOption, opener_of, refusals
from keys.errors import KeystoreError
from keys.hsm import Caller, SoftHsm
from keys.hsm.key_management import KeyDescription
from keys.keystore import Keystore
from keys.keystore.file import FileKeystore
from keys.lab import LAB_KEYS, lab_keystore
from keys.policy import Role
from keys.system import SystemEntropy

LIST = examples("pointsman key list --store my.keys", "pointsman key list --lab", "pointsman key list --lab --json")
SHOW = examples(
    "pointsman key show acquirer.zak --store my.keys",
    "pointsman key show pos.zak --lab",
    "pointsman key show pos.zak --lab --json",
)

MaybeStoreOption = Annotated[Path | None, typer.Option(help="The keystore's file.", envvar="POINTSMAN_KEYSTORE")]
LabOption = Annotated[bool, typer.Option("--lab", help="The published lab keys; these are shown in clear.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_HEAD = ("name", "usage", "algorithm", "mode", "export", "state", "KCV")


def list_(
    store: MaybeStoreOption = None,
    lab: LabOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List all keys: name, usage, algorithm and bits, mode, exportability, state, check value."""
    with refusals():
        keystore = _keystore(store, lab, passphrase_file)
        hsm = _viewer(keystore)
        found = [hsm.describe_key(name) for name in keystore.names()]
    tell(found, as_json=as_json)


def show(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    store: MaybeStoreOption = None,
    lab: LabOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show all that may be known of a key."""
    with refusals():
        found = _viewer(_keystore(store, lab, passphrase_file)).describe_key(name)
    tree = _tree(found)
    if lab:
        tree |= {"what": LAB_KEYS[name].what, "clear": LAB_KEYS[name].hex}
    if as_json:
        typer.echo(json.dumps(tree))
        return
    width = max(map(len, tree))
    for what, value in tree.items():
        typer.echo(f"{what.ljust(width)}  {value if isinstance(value, str | int) else json.dumps(value)}")


def tell(found: Sequence[KeyDescription], *, as_json: bool) -> None:
    """Print keys, one to a line in columns, or as JSON."""
    if as_json:
        typer.echo(json.dumps([_tree(each) for each in found]))
        return
    rows = [_HEAD, *map(_row, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(found: KeyDescription) -> tuple[str, ...]:
    algorithm = f"{found.algorithm.name} {found.bits}"
    return found.name, found.usage.value, algorithm, found.mode.value, found.exportability.value, found.state.value, found.kcv


def _tree(found: KeyDescription) -> dict[str, object]:
    tree: dict[str, object] = msgspec.to_builtins(found)
    return tree


def _keystore(store: Path | None, lab: bool, passphrase_file: Path | None) -> Keystore:
    if lab:
        return lab_keystore()
    if store is None:
        raise KeystoreError("which keys? --store FILE, POINTSMAN_KEYSTORE, or --lab for the published ones")
    return FileKeystore.open(store, opener_of(passphrase_file), SystemEntropy())


def _viewer(keystore: Keystore) -> SoftHsm:
    """Looking is no act of key management: a refusal is told to who looks, and to nobody else."""
    return SoftHsm(keystore, SystemEntropy(), lambda event: None, caller=Caller("viewer", Role.VIEWER))
