"""From a configuration to a machine: every wrong name is found at once, each with its path; a right one works."""

import msgspec
import pytest

from keys.lab import LAB_KEYS
from switch.compose import compose, make_switch
from switch.config import (
    AccountConfig,
    CardConfig,
    Config,
    ConfigError,
    IssuerConfig,
    KeyConfig,
    LinkConfig,
    RouteConfig,
    ScriptConfig,
)
from switch.core import Role, State
from switch.default_config import default_config
from switch.issuer import AccountsHandler, ScriptedHandler
from switch.machine import Moment, Tick
from terminal_sim.lab import SeededEntropy

ACQUIRER = LinkConfig(name="pos", role="acquirer", listen="127.0.0.1:0", dialect="iso87-ascii", framing="len2-big")
ISSUER = LinkConfig(name="bank", role="issuer", connect="[::1]:9000", dialect="iso87-binary", framing="ascii4")
ACCOUNT = AccountConfig(number="A", balance="10.00")
CARD = CardConfig(pan="4111111111111111", expiry="3112", account="A", pin="1234")


def config(**changes):
    values = {
        "links": (ACQUIRER, ISSUER),
        "routes": (RouteConfig(prefix="4", to="issuer"), RouteConfig(prefix="5", to="bank")),
        "issuer": IssuerConfig(accounts=(ACCOUNT,), cards=(CARD,)),
    }
    return Config(**(values | changes))


def link(**changes):
    return config(links=(msgspec.structs.replace(ACQUIRER, **changes), ISSUER))


def issuer(**changes):
    return config(issuer=IssuerConfig(**({"accounts": (ACCOUNT,), "cards": (CARD,)} | changes)))


def key(**changes):
    values = {"name": "k", "usage": "M3", "value": LAB_KEYS["pos.zak"].hex, "algorithm": "T", "mode": "C"}
    return config(keys=(KeyConfig(**(values | changes)),))


def signed(**changes):
    return msgspec.structs.replace(key(**changes), links=link(mac_key="k").links)


def card(**changes):
    return issuer(cards=(msgspec.structs.replace(CARD, **changes),))


PROBLEMS = {
    "a dialect misspelt": (
        link(dialect="iso87-asci"),
        '$.links[0].dialect: "iso87-asci" is not known; did you mean "iso87-ascii"?',
    ),
    "a framing misspelt": (link(framing="len2"), '$.links[0].framing: "len2" is not known; did you mean "len2-big"?'),
    "a framing too short": (link(framing="ascii2"), "$.links[0].framing: ascii2 carries 99 bytes at most"),
    "a framing for text": (
        link(framing="stx-etx", dialect="iso87-binary"),
        "$.links[0].framing: stx-etx has no length and is for text only",
    ),
    "a MAC key that is not there": (link(mac_key="pos.zap"), '$.links[0].mac_key: "pos.zap" is not known'),
    "a key for another use": (link(mac_key="pos.zpk"), "$.links[0].mac_key: key 'pos.zpk' (usage P0, "),
    "a MAC key that signs nothing": (
        signed(mode="V"),
        "$.links[0].mac_key: key 'k' (usage M3, mode V, TDES) is not a key for gen",
    ),
    "a MAC key that verifies nothing": (signed(mode="G"), "$.links[0].mac_key: "),
    "a journal key that does not open what it closed": (
        msgspec.structs.replace(key(usage="D0", algorithm="A", value="0123456789ABCDEF" * 4, mode="E"), protect_key="k"),
        "$.protect_key: ",
    ),
    "a PIN key for another use": (link(pin_key="pos.zak"), "$.links[0].pin_key: "),
    "an acquirer without an address": (link(listen=""), '$.links[0]: an acquirer link has "listen", and no "connect"'),
    "an acquirer that is dialled": (link(connect="h:1"), '$.links[0]: an acquirer link has "listen", and no "connect"'),
    "an address without a port": (link(listen="localhost"), '$.links[0].listen: "localhost" is not HOST:PORT'),
    "a port too high": (link(listen="localhost:65536"), "$.links[0].listen: "),
    "a port with a sign": (link(listen="localhost:+80"), "$.links[0].listen: "),
    "no time for an answer": (link(response_timeout_ms=0), "$.links[0].response_timeout_ms: must be more than 0"),
    "too long for an answer": (
        link(response_timeout_ms=120_001),
        "$.links[0].response_timeout_ms: ",
    ),
    "the issuer's own name": (link(name="issuer"), "$.links[0].name: "),
    "a name twice": (link(name="bank"), "$.links[1]: the same as $.links[0]"),
    "a route to nowhere": (
        config(routes=(RouteConfig(prefix="4", to="bnk"),)),
        '$.routes[0].to: "bnk" is not known; did you mean "bank"?',
    ),
    "a route to an acquirer": (config(routes=(RouteConfig(prefix="4", to="pos"),)), "$.routes[0].to: "),
    "a route of letters": (config(routes=(RouteConfig(prefix="4x", to="issuer"),)), "$.routes[0].prefix: "),
    "a route of nothing": (config(routes=(RouteConfig(prefix="", to="issuer"),)), "$.routes[0].prefix: "),
    "the same route twice": (
        config(routes=(RouteConfig(prefix="4", to="issuer"), RouteConfig(prefix="4", to="bank"))),
        "$.routes[1]: the same as $.routes[0]",
    ),
    "a token key for another use": (config(token_key="pos.zak"), "$.token_key: "),
    "a journal key that is not there": (config(protect_key="x"), "$.protect_key: "),
    "a key without parity or strength": (key(value="00" * 16), "$.keys[0].value: "),
    "a key that is no hexadecimal": (key(value="xyz"), "$.keys[0].value: "),
    "a usage that is none": (key(usage="XX"), '$.keys[0].usage: "XX" is not known'),
    "a key name twice": (
        config(keys=tuple(KeyConfig(name="k", usage="M3", value=LAB_KEYS["pos.zak"].hex, mode="C") for _ in range(2))),
        "$.keys[1]: the same as $.keys[0]",
    ),
    "a handler misspelt": (issuer(handler="acounts"), '$.issuer.handler: "acounts" is not known; did you mean "accounts"?'),
    "a limit that is no amount": (issuer(pin_free="50,00"), "$.issuer.pin_free: "),
    "a balance that is no amount": (issuer(accounts=(AccountConfig(number="A", balance="1.234"),)), "$.issuer.accounts[0]: "),
    "a currency that is none": (
        issuer(accounts=(AccountConfig(number="A", balance="1", currency="XAU"),)),
        "$.issuer.accounts[0]: ",
    ),
    "a card on no account": (card(account="B"), '$.issuer.cards[0].account: "B" is not known'),
    "an impossible month": (card(expiry="3113"), "$.issuer.cards[0].expiry: "),
    "an expiry in other digits": (card(expiry="٣١١٢"), "$.issuer.cards[0].expiry: "),
    "a card number of letters": (card(pan="411111111111111x"), "$.issuer.cards[0]"),
    "a PIN of three digits": (card(pin="123"), "$.issuer.cards[0]"),
    "a PVV that is none": (card(pin="", pvv="12"), "$.issuer.cards[0]: pvki"),
    "a PVV in other digits": (card(pin="", pvv="١٢٣٤"), "$.issuer.cards[0]: pvki"),
    "a key index of two digits": (card(pin="", pvv="1234", pvki=10), "$.issuer.cards[0]: pvki"),
    "a card twice": (issuer(cards=(CARD, CARD)), "$.issuer.cards[1].pan: "),
    "a key of the issuer that is not there": (issuer(pvk="x"), "$.issuer.pvk: "),
    "a script with no such reason": (
        issuer(handler="scripted", script=(ScriptConfig(reason="aproved"),)),
        '$.issuer.script[0].reason: "aproved" is not known; did you mean "approved"?',
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_wrong_is_named_with_its_place(case):
    """And no card number stands in the complaint."""
    wrong, text = PROBLEMS[case]
    with pytest.raises(ConfigError) as error:
        compose(wrong)
    assert any(problem.startswith(text) for problem in error.value.problems), error.value.problems
    assert CARD.pan not in str(error.value)
    assert LAB_KEYS["pos.zak"].hex not in str(error.value)


def test_all_that_is_wrong_is_said_at_once():
    """Three mistakes, three sentences."""
    wrong = config(
        links=(msgspec.structs.replace(ACQUIRER, dialect="x"), ISSUER),
        routes=(RouteConfig(prefix="4", to="nobody"),),
        protect_key="nothing",
    )
    with pytest.raises(ConfigError) as error:
        compose(wrong)
    assert len(error.value.problems) == 3


def test_a_right_configuration_is_a_plan():
    """Names have become values: roles, dialects, addresses, money."""
    composition = compose(config())
    plan = composition.plan
    assert [(entry.name, entry.role, entry.sign_on) for entry in plan.links] == [
        ("pos", Role.ACQUIRER, False),
        ("bank", Role.ISSUER, False),
    ]
    assert (composition.listen, composition.connect) == ({"pos": ("127.0.0.1", 0)}, {"bank": ("::1", 9000)})
    assert [(account.number, account.opening.minor) for account in plan.accounts] == [("A", 1_000)]
    assert not plan.any_pan


def test_the_plan_becomes_a_machine():
    """It opens its accounts and dials its issuer at the first tick, and draws no randomness to do so."""
    switch = make_switch(compose(config()), entropy=SeededEntropy(1), state=State())
    commands = switch.handle(Tick(), Moment(0, 0))
    assert [type(command).__name__ for command in commands] == ["Append", "Dial"]


@pytest.mark.parametrize(("name", "kind"), [("accounts", AccountsHandler), ("scripted", ScriptedHandler)])
def test_the_handler_is_the_one_that_was_asked_for(name, kind):
    """By its name in the table."""
    composition = compose(issuer(handler=name))
    assert isinstance(composition.handler(None), kind)


def test_without_lab_keys_every_key_must_be_given():
    """Nothing falls back to a published key behind the operator's back."""
    with pytest.raises(ConfigError) as error:
        compose(msgspec.structs.replace(default_config(), lab_keys=False))
    assert any("pos.zak" in problem for problem in error.value.problems)


def test_a_key_of_the_file_takes_the_place_of_the_lab_key():
    """Same name, other material."""
    own = KeyConfig(name="pos.zak", usage="M3", value=LAB_KEYS["issuer-link.zak"].hex, mode="C")
    keystore = compose(config(keys=(own,))).keystore
    assert keystore.get("pos.zak").secret.expose().hex().upper() == LAB_KEYS["issuer-link.zak"].hex
