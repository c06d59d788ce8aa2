"""By what a request is known: names outside and keys of the journal, and what is not known yet."""

from terminal_sim.lab.names import Names, name_of
from terminal_sim.lab.turn import Opening


def opening_of(passage, brief):
    """The journal's record of a request."""
    return Opening(
        key="KEY",
        link=passage.speech.name,
        mti="0200",
        terminal_id=brief.terminal_id,
        stan=brief.stan,
        transmitted=brief.transmitted,
        rrn=brief.rrn,
    )


def test_the_journal_has_a_key_for_a_name(wires):
    """As soon as it has a record of it, also for a repeat; until then a name stands for itself."""
    names, asked = Names(), wires.say(wires.pos[0])
    name = name_of(asked, asked.brief)
    assert names.key_of(name) == name
    assert names.transaction_of("KEY") == ("", "")
    names.opened(opening_of(asked, asked.brief))
    repeat = wires.say(wires.pos[0], mti="0201")
    assert names.key_of(name_of(repeat, repeat.brief)) == "KEY"
    assert names.transaction_of("KEY") == asked.brief.transaction


def test_a_reversal_names_its_original(wires):
    """By kind, STAN and moment; one whose original was never seen has the name that it would have had."""
    names, asked = Names(), wires.say(wires.pos[0])
    named = "0200" + asked.brief.stan + asked.brief.moment + "0" * 22
    undone = wires.say(wires.pos[0], mti="0420", de11="000009", de90=named)
    assert names.original_key_of(undone, undone.brief) == name_of(asked, asked.brief)
    names.heard(asked.brief)
    names.opened(opening_of(asked, asked.brief))
    assert names.original_key_of(undone, undone.brief) == "KEY"
