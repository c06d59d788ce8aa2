"""The configuration without a file: one acquirer listener, the embedded issuer, published test cards and lab keys.

`printed` gives any configuration as TOML with a `[reference]` added that says how to speak to it byte for byte, so that a
foreign client can be written from that alone.
"""

from typing import Any

import msgspec
import tomli_w

from keys.lab import LAB_KEYS
from switch.config import AccountConfig, CardConfig, Config, IssuerConfig, KeyConfig, LinkConfig, RouteConfig, Section
from switch.dialect_table import dialect_table
from switch.domain.test_cards import TEST_CARDS, TestCard
from switch.wire import FRAMINGS, Dialect

_BLANKS = ("", None, ())

OPENING_BALANCES: dict[str, str] = {"ACC-POOR": "1.00"}
"""Accounts of test cards that do not start with the ordinary balance."""

OPENING_BALANCE = "100000.00"
"""What every other test account starts with: enough for a day of demonstrations."""


def default_config() -> Config:
    """What `pointsman serve` runs without a file."""
    return Config(
        links=(
            LinkConfig(
                name="pos",
                role="acquirer",
                listen="127.0.0.1:8583",
                dialect="iso87-ascii",
                framing="len2-big",
                sign_on="none",
                mac_key="pos.zak",
                pin_key="pos.zpk",
            ),
        ),
        routes=tuple(RouteConfig(prefix=digit, to="issuer") for digit in "23456"),
        issuer=IssuerConfig(accounts=_accounts(), cards=tuple(map(issued_card, TEST_CARDS.values()))),
    )


def issued_card(card: TestCard) -> CardConfig:
    """A test card as its issuer's configuration has it, PIN in clear."""
    return CardConfig(
        pan=card.pan.expose(),
        expiry=card.expiry,
        account=card.account,
        sequence=card.sequence,
        service_code=card.service_code,
        pin=card.pin.expose().decode("ascii"),
    )


def printed(config: Config) -> str:
    """The configuration as TOML that can be read again, with a reference for whoever writes the other end."""
    return _HEAD + tomli_w.dumps(reference_tree(config))


def reference_tree(config: Config) -> dict[str, Any]:
    """The configuration, lab keys written out, and its reference as plain values, for TOML or JSON."""
    # Beside a key store they are not written out: its own keys of the same names would come second.
    lab_keys = _lab_keys() if config.lab_keys and not config.keystore.path else ()
    written = {key.name: key for key in (*lab_keys, *config.keys)}
    tree: dict[str, Any] = _without_blanks(msgspec.structs.replace(config, keys=tuple(written.values())))
    dialects = dialect_table(config).dialects
    tree["reference"] = {
        "framings": {name: FRAMINGS[name].words for name in sorted({link.framing for link in config.links})},
        "dialects": {name: _dialect(dialects[name]) for name in sorted({link.dialect for link in config.links})},
    }
    return tree


def _without_blanks(value: Any) -> Any:
    """A section as plain values, without what is empty and is so by default. An emptiness of choice is told."""
    if isinstance(value, Section):
        told = {field.name: (getattr(value, field.name), field.default) for field in msgspec.structs.fields(value)}
        return {
            name: _without_blanks(entry)
            for name, (entry, default) in told.items()
            if entry not in _BLANKS or (entry is not None and default not in _BLANKS)
        }
    if isinstance(value, tuple):
        return [_without_blanks(entry) for entry in value]
    return value


def _lab_keys() -> list[KeyConfig]:
    return [
        KeyConfig(name=name, usage=key.usage.value, value=key.hex, algorithm=key.algorithm.value, mode=key.mode.value)
        for name, key in LAB_KEYS.items()
    ]


def _accounts() -> tuple[AccountConfig, ...]:
    numbers = dict.fromkeys(card.account for card in TEST_CARDS.values())
    return tuple(
        AccountConfig(number=number, balance=OPENING_BALANCES.get(number, OPENING_BALANCE), currency="EUR")
        for number in numbers
    )


def _dialect(dialect: Dialect) -> dict[str, Any]:
    """How to speak a dialect: its pyiso8583 spec, and the policies that no spec can say."""
    return {
        "words": dialect.words,
        "mac": {
            "algorithm": dialect.mac.algorithm,
            "padding": dialect.mac.padding,
            "length": dialect.mac.length,
            "range": dialect.mac.range_words,
            "field": "DE 64; DE 128 when any DE above 64 is present",
        },
        "pin": {"format": f"ISO 9564-1 format {dialect.pin.format}", "algorithm": dialect.pin.algorithm, "field": "DE 52"},
        "required": {
            mti: [" or ".join(str(de) for de in group) for group in groups] for mti, groups in dialect.required.items()
        },
        "response_codes": dialect.response_codes,
        "spec": dialect.spec,
    }


_HEAD = """\
# Pointsman, configuration. Test system: published test cards and published keys only, in clear on purpose.
# Keep what follows in a file, change it, and run: pointsman serve --config FILE
#
# A purchase in short: pack the fields with the pyiso8583 spec under [reference.dialects.*.spec], put the PIN block into DE 52
# under the link's `pin_key`, leave DE 64 (or 128) for last: its bitmap bit is set, its MAC covers every byte before its value
# under the link's `mac_key`. Then put the length prefix of the link's framing in front. [reference] is not read back.
# The simplest one that is approved: a card and its `pin` from [[issuer.cards]], DE 3 = 000000, DE 22 = 012 (keyed: no track, no
# chip), and the DEs that [reference.dialects.*.required] asks for. Whatever is declined, the log of `serve` says why in words.

"""
