"""Proves what a configuration that is read again may change, and that anything else is refused by name, and all of it."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.hsm import SoftHsm
from keys.lab import LAB_KEYS, lab_key
from keys.material import Key, KeyUsage
from keys.terms import KeyState
from switch.compose import compose
from switch.config import ConfigError, KeyConfig, LinkConfig, RouteConfig
from switch.core import ChangeKeys, ChangeRoutes, KeySet, Route, State, Switch
from switch.core.traffic import Traffic
from switch.default_config import default_config
from switch.machine import Moment, Notify, Operate
from switch.reload import change
from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, print_dialect
from terminal_sim.lab.prng import SeededEntropy

RUNNING = default_config()
OTHER = "0123456789ABCDEFFEDCBA9876543210"
NEW_ZAK = KeyConfig(name="pos.own-zak", usage="M3", value=OTHER, algorithm="T", mode="C")


def keystore(config=RUNNING):
    return compose(config).keystore


def changed(running=RUNNING, keys=None, **what):
    """What the running configuration with changes comes to."""
    return change(running, msgspec.structs.replace(running, **what), keys or keystore(running), accepted=())


def links(**what):
    first, *rest = RUNNING.links
    return (msgspec.structs.replace(first, **what), *rest)


def problems(**what):
    with pytest.raises(ConfigError) as error:
        changed(**what)
    return error.value.problems


def test_the_same_again_changes_nothing():
    """No order and no key."""
    same = changed()
    assert (same.orders, same.keys, same.gone, same.words) == ((), (), (), "nothing differs")


def test_routes_become_an_order():
    """All of them, in their order."""
    routes = (RouteConfig(prefix="4", to="issuer"), RouteConfig(prefix="51", to="issuer"))
    assert changed(routes=routes).orders == (ChangeRoutes((Route("4", "issuer"), Route("51", "issuer"))),)


def test_new_key_names_become_orders_and_their_keys_come_first():
    """The HSM has them before the order is given; the former ones stay, for the grace."""
    keys = keystore()
    wanted = msgspec.structs.replace(RUNNING, keys=(NEW_ZAK,), links=links(mac_key="pos.own-zak"))
    found = change(RUNNING, wanted, keys, accepted=("pos.zak",))
    assert found.orders == (ChangeKeys(RUNNING.links[0].name, "pos.own-zak", RUNNING.links[0].pin_key),)
    assert [key.name for key in found.keys] == ["pos.own-zak"]
    found.put(keys)
    assert {"pos.zak", "pos.own-zak"} <= set(keys.names())


def test_a_key_that_nothing_names_any_more_goes_when_no_link_accepts_it():
    """However often the configuration is read meanwhile: an issuer may not have taken the new one, or a grace is not over."""
    mine = KeyConfig(name="mine", usage="M3", value=OTHER, algorithm="T", mode="C")
    running = msgspec.structs.replace(RUNNING, keys=(mine,), links=links(mac_key="mine"))
    keys = keystore(running)
    first = change(running, RUNNING, keys, accepted=("mine",))
    assert (first.gone, len(first.orders)) == ((), 1)
    first.put(keys)
    assert change(first.config, RUNNING, keys, accepted=("mine", "pos.zak")).gone == ()
    last = change(first.config, RUNNING, keys, accepted=("pos.zak",))
    assert (last.gone, last.orders) == (("mine",), ())
    last.put(keys)
    assert "mine" not in keys.names()


FIXED = {
    "state_dir": ({"state_dir": "elsewhere"}, "$.state_dir"),
    "the test cards only": ({"allow_any_pan": True}, "$.allow_any_pan"),
    "a dialect": ({"links": links(dialect="iso87-binary")}, "$.links[0].dialect"),
    "an address": ({"links": links(listen="127.0.0.1:1")}, "$.links[0].listen"),
    "a name": ({"links": links(name="other")}, "$.links[0].name"),
    "a link less": ({"links": RUNNING.links[1:]}, "$.links"),
    "the journal": ({"journal": msgspec.structs.replace(RUNNING.journal, store="memory")}, "$.journal.store"),
    "the issuer": ({"issuer": msgspec.structs.replace(RUNNING.issuer, pin_free="1.00")}, "$.issuer.pin_free"),
    "a key of the journal": ({"token_key": "other"}, "$.token_key"),
}


@pytest.mark.parametrize("case", FIXED)
def test_what_needs_a_restart_is_refused_by_name(case):
    """And the routes beside it are not taken either."""
    what, place = FIXED[case]
    assert problems(routes=(), **what) == [f"{place} changes only at a restart"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"words": "mine, as before"}, "says something else than at the start; a dialect changes only at a restart"),
        ({"base": "iso86-ascii"}, "its base is none of "),
    ],
)
def test_a_dialect_file_is_what_it_was_or_is_refused(tmp_path, said, problem):
    """Its path is the same, so that nothing else would tell; a comment in it makes no difference."""
    path, shipped = tmp_path / "mine.toml", DIALECTS["iso87-ascii"]
    file = file_of("mine", "mine", shipped.spec, shipped.content, base="iso87-ascii")
    path.write_text(print_dialect(file))
    config = msgspec.structs.replace(RUNNING, dialects=(str(path),), links=links(dialect="mine"))
    running = compose(config)

    def reread():
        return change(config, config, running.keystore, accepted=(), files=running.dialect_files)

    path.write_text("# Looked at.\n" + print_dialect(file))
    assert reread().words == "nothing differs"
    path.write_text(print_dialect(msgspec.structs.replace(file, **said)))
    with pytest.raises(ConfigError) as error:
        reread()
    assert [problem in told and told.startswith(f"$.dialects[0]: {path}") for told in error.value.problems] == [True]


def test_every_word_of_a_configuration_is_either_changeable_or_refused():
    """Whatever is added to it is refused until somebody says that it can change."""
    words = {word for word in RUNNING.__struct_fields__ if word not in ("routes", "keys", "keystore", "lab_keys", "reference")}
    for word in words - {"links", "issuer", "journal"}:
        value = getattr(RUNNING, word)
        other = (not value) if isinstance(value, bool) else ("other.toml",) if isinstance(value, tuple) else f"{value}x"
        assert problems(**{word: other}) == [f"$.{word} changes only at a restart"]


def test_a_bad_configuration_changes_nothing():
    """What could not be started with is refused in the same words."""
    assert problems(routes=(RouteConfig(prefix="4", to="bonk"),))[0].startswith("$.routes[0].to: ")
    assert problems(links=links(mac_key="pos.zaq"))[0].startswith("$.links[0].mac_key: ")
    assert problems(links=links(mac_key="pos.zpk"))[0].startswith("$.links[0].mac_key: ")
    assert problems(links=links(pin_key="issuer-link.zpk"))[0].startswith("$.links[0].mac_key: must change with pin_key")
    assert problems(links=links(mac_key="")) == ["$.links[0].mac_key: whether there are MACs changes only at a restart"]


def with_key(key):
    """The running configuration's keys, and one changed: as `[[keys]]` would give it."""
    return KeyConfig(name=key, usage=LAB_KEYS[key].usage.value, value=OTHER, algorithm="T", mode=LAB_KEYS[key].mode.value)


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("$.issuer.pvk", KeyConfig(name="issuer.pvk", usage="V2", value=OTHER, mode="C")),
        ("$.token_key", KeyConfig(name="journal.token", usage="M7", value=OTHER * 2, algorithm="H", mode="G")),
        ("$.protect_key", KeyConfig(name="journal.protect", usage="D0", value=OTHER * 2, algorithm="A", mode="B")),
    ],
)
def test_keys_that_must_last_keep_their_contents(place, key):
    """Under another one, what was made under them would be nonsense."""
    with pytest.raises(ConfigError) as error:
        change(RUNNING, msgspec.structs.replace(RUNNING, keys=(key,)), keystore(), accepted=())
    assert [problem.partition(":")[0] for problem in error.value.problems] == [place]


def test_other_keys_may_have_other_contents():
    """The object is another one, so that the HSM drops what it has made of the old one; the rest stays the same objects."""
    keys = keystore()
    before = {name: keys.get(name) for name in keys.names()}
    found = change(RUNNING, msgspec.structs.replace(RUNNING, keys=(with_key("pos.zak"),)), keys, accepted=())
    assert [key.name for key in found.keys] == ["pos.zak"]
    found.put(keys)
    assert [name for name in before if keys.get(name) is not before[name]] == ["pos.zak"]


@pytest.mark.parametrize("name", ["pos.zak", "journal.token", "issuer.cvk"])
def test_a_key_in_use_may_be_put_out_of_use(stored, name):
    """What its state is in the store counts from the next reading on, though nothing could be started with it."""
    config, store = stored
    keys = keystore(config)
    store.replace(msgspec.structs.replace(lab_key(name), state=KeyState.DISABLED))
    with pytest.raises(ConfigError, match="is disabled"):
        compose(config)
    found = change(config, config, keys, accepted=())
    assert ([key.name for key in found.keys], found.orders) == ([name], ())
    found.put(keys)
    assert keys.get(name).state is KeyState.DISABLED


def test_a_link_changes_to_no_key_that_is_out_of_use(stored):
    """Though another link has it already: the order would be refused after the rest was done."""
    config, store = stored
    keys = keystore(config)
    store.add(Key.make("pos.own-zak", KeyUsage.MAC_ALGORITHM_3, OTHER, state=KeyState.DISABLED))
    with pytest.raises(ConfigError, match=r"\$\.links\[0\]\.mac_key: key 'pos\.own-zak' is disabled"):
        change(config, msgspec.structs.replace(config, links=links(mac_key="pos.own-zak")), keys, accepted=())
    assert "pos.own-zak" not in keys.names()


MACS = ("pos.zak", "pos.zak-2", "issuer-link.zak", "")
PINS = ("pos.zpk", "pos.zpk-2", "issuer-link.zpk", "", "pos.zak")
"""Keys that links are tried with, lawful there or not."""

BANK = LinkConfig(
    name="bank",
    role="issuer",
    connect="127.0.0.1:1",
    dialect="iso87-ascii",
    framing="len2-big",
    mac_key="issuer-link.zak",
    pin_key="issuer-link.zpk",
)
key_sets = st.builds(KeySet, st.sampled_from(MACS), st.sampled_from(PINS))
out_of_use = st.sets(st.sampled_from([name for name in MACS + PINS if name]), max_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(readings=st.lists(st.tuples(key_sets, key_sets, out_of_use, st.booleans()), min_size=1, max_size=6))
def test_what_is_taken_is_never_refused_by_the_core(stored, readings):
    """Whatever links are to speak under, whichever keys are out of use, whether the issuer agrees: both change, or neither."""
    running, store = stored
    running = msgspec.structs.replace(running, links=(running.links[0], BANK))
    use(store, ())
    composition = compose(running)
    keystore, traffic = composition.keystore, Traffic(composition.plan)
    hsm = SoftHsm(keystore, SeededEntropy(1), traffic.hear)
    switch = Switch(composition.plan, state=State(), hsm=hsm, handler=composition.handler(hsm), traffic=traffic)
    for *sets, idle, agrees in readings:
        use(store, idle)
        pairs = zip(running.links, sets, strict=True)
        changed = [msgspec.structs.replace(link, mac_key=keys.mac_key, pin_key=keys.pin_key) for link, keys in pairs]
        wanted = msgspec.structs.replace(running, links=tuple(changed))
        try:
            found = change(running, wanted, keystore, accepted=switch.keys_accepted)
        except ConfigError:
            continue
        found.put(keystore)
        told = [command for order in found.orders for command in switch.handle(Operate(order), Moment(0, 0))]
        assert "order.refused" not in [command.notice.kind for command in told if isinstance(command, Notify)]
        assert [link.keys.wanted for link in traffic.links.values()] == sets
        running, coming = wanted, traffic.links["bank"].keys.coming
        if agrees and coming is not None:
            traffic.links["bank"].keys.change(coming)


def use(store, idle):
    """Have these keys of a store out of use, and all others in use."""
    for name in LAB_KEYS:
        state = KeyState.DISABLED if name in idle else KeyState.ACTIVE
        if store.get(name).state is not state:
            store.replace(msgspec.structs.replace(lab_key(name), state=state))
