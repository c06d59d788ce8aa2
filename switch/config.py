"""Configuration: TOML becomes typed values, and every complaint names its place (`$.links[0].dialect: ...`).

Reading and checking only; `switch.app` makes a switch of it, and `switch.default_config` is what there is without a file.
"""

import tomllib
import types
import typing
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec

CONFIG_BYTES_MAX = 1_000_000
"""Bytes of a configuration file: far more than any honest one, small enough to refuse a wrong file before parsing it."""


class ConfigError(Exception):
    """A configuration that cannot be used; `problems` are whole sentences, each with its path."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all parts of a configuration: frozen, and a misspelt word is an error."""


class JournalConfig(Section, frozen=True):
    """Where the journal is kept.

    Args:
        store: kind of store, a name of `switch.store.STORES`.
        path: file of the store, relative to the state directory; "" for a store that keeps nothing.
    """

    store: str = "sqlite"
    path: str = "journal.sqlite"


class KeyConfig(Section, frozen=True):
    """A key in clear: for labs only, as everything here.

    Args:
        name: how links and issuer call it.
        usage, mode: two-letter usage and one-letter mode of ANSI X9.143 ("P0", "B").
        algorithm: "T" TDES, "A" AES, "H" HMAC.
        value: hex digits.
    """

    name: str
    usage: str
    value: str
    algorithm: str = "T"
    mode: str = "N"


class KeystoreConfig(Section, frozen=True):
    """A file of keys under a master key, made by `pointsman key`.

    Args:
        path: the file; "" for none.
        passphrase_env: environment variable that has its passphrase.
        passphrase_fd: number of an open file descriptor that its passphrase is read from, in place of the variable.
        lmk_env: environment variable that has the master key itself, 64 hex digits, for a store made so: for labs.
    """

    path: str = ""
    passphrase_env: str = "POINTSMAN_LMK_PASSPHRASE"
    passphrase_fd: int | None = None
    lmk_env: str = ""


class LinkConfig(Section, frozen=True):
    """A party.

    Args:
        name: unique; "issuer" is taken by the embedded issuer.
        role: "acquirer" connects to us and asks, "issuer" is connected to and asked.
        listen: HOST:PORT that an acquirer connects to; port 0 takes a free one.
        connect: HOST:PORT of an issuer.
        dialect, framing: names of `switch.wire.DIALECTS` and `FRAMINGS`.
        sign_on: "required" refuses traffic before a sign-on (0800, DE 70 = 001).
        mac_key, pin_key: names of keys; without `mac_key` messages carry no MAC.
        response_timeout_ms: how long an issuer has for an answer.
    """

    name: str
    role: Literal["acquirer", "issuer"]
    dialect: str
    framing: str
    listen: str = ""
    connect: str = ""
    sign_on: Literal["none", "required"] = "none"
    mac_key: str = ""
    pin_key: str = ""
    response_timeout_ms: int = 25_000


class RouteConfig(Section, frozen=True):
    """Cards whose number starts with `prefix` go to `to`: the name of an issuer link, or "issuer" for the embedded one."""

    prefix: str
    to: str


class AccountConfig(Section, frozen=True):
    """An account of the embedded issuer; `balance` is a decimal amount, used when the journal does not know the account yet."""

    number: str
    balance: str
    currency: str = "EUR"


class CardConfig(Section, frozen=True):
    """A card of the embedded issuer.

    Args:
        pan, expiry (YYMM), sequence, service_code, account: as on the card and behind it.
        pin: its PIN in clear, in place of `pvv`: for published test cards only.
        pvki, pvv: PIN verification key index and value.
        blocked: True when it must not be used.
    """

    pan: str
    expiry: str
    account: str
    sequence: str = "00"
    service_code: str = "201"
    pin: str = ""
    pvki: int = 1
    pvv: str = ""
    blocked: bool = False


class ScriptConfig(Section, frozen=True):
    """A line of the scripted issuer: the first line that fits answers with `reason`; see `switch.issuer.scripted`."""

    reason: str
    pan_prefix: str = ""
    minor: int | None = None


class IssuerConfig(Section, frozen=True):
    """The embedded issuer.

    Args:
        handler: a name of `switch.issuer.HANDLERS`.
        pin_free: highest amount that a card at the terminal may spend without a PIN, decimal, in `currency`.
        pvk, cvk, imk_ac: names of its keys.
    """

    handler: str = "accounts"
    pin_free: str = "50.00"
    currency: str = "EUR"
    pvk: str = "issuer.pvk"
    cvk: str = "issuer.cvk"
    imk_ac: str = "issuer.imk-ac"
    accounts: tuple[AccountConfig, ...] = ()
    cards: tuple[CardConfig, ...] = ()
    script: tuple[ScriptConfig, ...] = ()


class Config(Section, frozen=True):
    """A whole configuration.

    Args:
        state_dir: directory of everything that is kept; made when it is not there.
        allow_any_pan: True to take card numbers outside the published test ranges.
        token_key, protect_key: names of the keys under which the journal hides card numbers.
        lab_keys: True to have the published lab keys (`keys.lab`) where neither `keystore` nor `keys` has one of that name.
        dialects: dialect files, whose dialects links can then name; see docs/importing.md.
        reference: what `--print-config` adds for readers; not used.
    """

    state_dir: str = "pointsman-state"
    allow_any_pan: bool = False
    lab_keys: bool = True
    token_key: str = "journal.token"
    protect_key: str = "journal.protect"
    dialects: tuple[str, ...] = ()
    journal: JournalConfig = JournalConfig()
    links: tuple[LinkConfig, ...] = ()
    routes: tuple[RouteConfig, ...] = ()
    issuer: IssuerConfig = IssuerConfig()
    keystore: KeystoreConfig = KeystoreConfig()
    keys: tuple[KeyConfig, ...] = ()
    reference: dict[str, Any] | None = None


def load_config(path: Path) -> Config:
    """Read a file.

    Raises:
        ConfigError: when it cannot be read, is not TOML, or has a word or a type that does not belong.
    """
    try:
        with path.open("rb") as file:
            data = file.read(CONFIG_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror or error}"]) from None
    if len(data) > CONFIG_BYTES_MAX:
        raise ConfigError([f"{path}: more than {CONFIG_BYTES_MAX} bytes; is it a configuration?"])
    return parse_config(data, str(path))


def parse_config(data: bytes, name: str = "configuration") -> Config:
    """Parse TOML text; see `load_config`."""
    try:
        tree = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError([f"{name}: not UTF-8 at byte {error.start}"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([f"{name}: not TOML: {error}"]) from None
    try:
        return msgspec.convert(tree, Config)
    except msgspec.ValidationError as error:
        raise ConfigError([_in_words(str(error))]) from None


def nearest(word: str, known: typing.Iterable[str]) -> str:
    """What to say of a word that is not known: the nearest one, and all that there are."""
    names = list(known)
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'"{word}" is not known{hint} (known: {", ".join(names)})'


def _in_words(text: str) -> str:
    """A msgspec complaint as `path: what`, with the nearest word where one is misspelt."""
    what, _, place = text.partition(" - at `")
    path = place.rstrip("`") or "$"
    if what.startswith("Object contains unknown field"):
        word = what.split("`")[1]
        return f"{path}.{word}: {nearest(word, _fields_at(path))}"
    if what.startswith("Invalid enum value"):
        word = what.split("'")[1]
        return f"{path}: {nearest(word, _literals_at(path))}"
    return f"{path}: {what[0].lower()}{what[1:]}"


def _fields_at(path: str) -> list[str]:
    section = _type_at(path)
    return list(section.__struct_fields__) if isinstance(section, type) and issubclass(section, Section) else []


def _literals_at(path: str) -> list[str]:
    return [str(value) for value in typing.get_args(_type_at(path))]


def _type_at(path: str) -> Any:
    """The type that a path such as `$.links[...].role` leads to."""
    at: Any = Config
    for step in path.replace("[...]", "").split(".")[1:]:
        at = typing.get_type_hints(at)[step.split("[")[0]]
        arguments = typing.get_args(at)
        if typing.get_origin(at) in (tuple, types.UnionType) and arguments:
            at = arguments[0]
    return at
