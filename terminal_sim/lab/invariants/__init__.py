"""What must hold, one row each. The words are those that a violation is reported in; all of it is seen from outside.

A check of a message gives nothing, or a sentence; one of a turn, of a record or at the end gives findings, one for each
transaction that is wrong. The files have them by what they look at: answers of the switch, what it says to issuers (forwards),
what asks for something (requests), turns, records, and the world at rest. Invariants of parts that the switch does not have yet
have no check: they enrol here with their parts.
"""

from terminal_sim.lab.invariants.answers import (
    answers_once,
    answers_what_was_asked,
    approves_what_was_asked,
    forwards_nothing_late,
    gives_an_approval_its_code,
    invents_no_approval,
    journals_before_it_answers,
    passes_nothing_before_a_sign_on,
    refuses_no_reversal,
    repeats_its_answer,
    tells_the_card_what_its_issuer_says,
    times_out_by_the_right_clock,
)
from terminal_sim.lab.invariants.forwards import (
    asks_nothing_that_is_undone,
    carries_no_authentication,
    goes_where_its_card_is_routed,
    journals_before_it_forwards,
    keeps_the_order,
    owes_one_reversal,
    passes_fields_through,
    passes_nothing_before_its_sign_on,
    passes_the_pin_on,
    says_what_it_is_about,
    speaks_under_keys_that_are_taken,
)
from terminal_sim.lab.invariants.records import decides_by_card_and_account
from terminal_sim.lab.invariants.requests import (
    marks_repeats,
    pauses_before_it_repeats,
    spends_no_stan_twice,
    terminals_journal_first,
)
from terminal_sim.lab.invariants.rest import (
    adds_up_its_days,
    books_once,
    comes_to_rest,
    conserves_money,
    delivers_or_reverses,
    drains_its_queues,
    forgets_what_authenticates,
    is_the_fold_of_its_journal,
    lets_go_of_what_is_over,
    reverses_nothing_delivered,
)
from terminal_sim.lab.invariants.row import Finding, Invariant, StepCheck, TurnCheck, When, kinds_of, turn_of
from terminal_sim.lab.invariants.turns import (
    asks_for_new_keys_again,
    asks_the_silent,
    believes_no_forgery,
    changes_routes_as_ordered,
    contradicts_no_approval,
    cuts_what_does_not_end,
    ends_what_a_crash_left_open,
    gives_up_in_time,
    gives_up_not_before_time,
    gives_up_when_it_looks_at_the_clock,
    hangs_up_the_silent,
    owes_what_it_has_given_up,
    pauses_before_it_tries_again,
    records_what_is_late,
    reverses_what_cannot_arrive,
    stops_cleanly,
    takes_on_nothing_on_a_low_disk,
    takes_up_what_it_hears,
    terminals_believe_no_forgery,
    terminals_believe_their_cards,
    terminals_wait_their_time,
    turns_nobody_away,
)

__all__ = ["INVARIANTS", "Finding", "Invariant", "StepCheck", "TurnCheck", "When", "by_weight", "kinds_of", "turn_of"]

INVARIANTS: dict[str, Invariant] = {
    "I0": Invariant("No machine fails on anything that happens to it.", judged="whenever one raises"),
    "I1": Invariant("Money is conserved: what receipts have cost is what issuers have booked.", end=conserves_money),
    "I2": Invariant(
        "Every approval of an issuer is delivered or reversed.",
        turns=((When.TURN, reverses_what_cannot_arrive), (When.READING, contradicts_no_approval)),
        end=delivers_or_reverses,
    ),
    "I3": Invariant("Nothing is reversed that was delivered and not taken back.", end=reverses_nothing_delivered),
    "I4": Invariant(
        "A repeat changes an issuer's books at most once and gets the first answer again.",
        (
            (When.ANSWER, repeats_its_answer),
            (When.ANSWER, approves_what_was_asked),
            (When.FORWARD, marks_repeats),
            (When.REQUEST, marks_repeats),
        ),
        end=books_once,
    ),
    "I5": Invariant(
        "An answer goes to the connection that asked, and names its terminal, reference and amount.",
        ((When.ANSWER, answers_what_was_asked),),
    ),
    "I6": Invariant(
        "A request has at most one answer for each time it was heard, and no answer is invented.",
        ((When.ANSWER, answers_once), (When.ANSWER, invents_no_approval)),
    ),
    "I7": Invariant(
        "What has no right MAC changes nothing, and nothing is said under keys that its hearer does not have.",
        ((When.FORWARD, speaks_under_keys_that_are_taken),),
        turns=((When.READING, believes_no_forgery), (When.TERMINAL_READING, terminals_believe_no_forgery)),
    ),
    "I8": Invariant(
        "A request is answered in its time; one reversal is owed from then on, and what comes late is never passed on.",
        ((When.ANSWER, forwards_nothing_late), (When.FORWARD, owes_one_reversal)),
        (
            (When.TURN, owes_what_it_has_given_up),
            (When.TURN, gives_up_in_time),
            (When.TURN, gives_up_when_it_looks_at_the_clock),
            (When.READING, records_what_is_late),
        ),
        judged="and at each turn of the switch, by who waits",
    ),
    "I9": Invariant("Stand-in keeps its limits, and owes an advice for each approval.", judged="with stand-in"),
    "I10": Invariant(
        "What is owed to an issuer arrives, and no request after its reversal.",
        ((When.ANSWER, refuses_no_reversal), (When.FORWARD, asks_nothing_that_is_undone), (When.FORWARD, keeps_the_order)),
        end=drains_its_queues,
    ),
    "I11": Invariant(
        "Nothing is said before the record behind it is durable.",
        (
            (When.ANSWER, journals_before_it_answers),
            (When.FORWARD, journals_before_it_forwards),
            (When.REQUEST, terminals_journal_first),
        ),
    ),
    "I12": Invariant(
        "A host begins again on all that was acknowledged, ends what it finds open, and notices every bit that was changed.",
        turns=((When.TURN, ends_what_a_crash_left_open),),
        end=is_the_fold_of_its_journal,
        judged="and at each restart",
    ),
    "I13": Invariant("A STAN is spent once.", ((When.REQUEST, spends_no_stan_twice), (When.FORWARD, spends_no_stan_twice))),
    "I14": Invariant(
        "Totals of a business day are the sums of what was booked in it, and days only grow.", end=adds_up_its_days
    ),
    "I15": Invariant(
        "What the switch must not change passes through as it came.",
        (
            (When.FORWARD, passes_fields_through),
            (When.FORWARD, passes_the_pin_on),
            (When.FORWARD, says_what_it_is_about),
            (When.ANSWER, tells_the_card_what_its_issuer_says),
        ),
    ),
    "I16": Invariant("No card number is told or recorded in clear.", judged="at each notice, each record and each failure"),
    "I17": Invariant(
        "What authenticates a cardholder is gone after the answer.",
        ((When.FORWARD, carries_no_authentication),),
        end=forgets_what_authenticates,
        judged="and in each record",
    ),
    "I18": Invariant(
        "What happens on one link keeps nothing waiting on another.",
        turns=((When.READING, takes_up_what_it_hears),),
        judged="and in milliseconds where time is real",
    ),
    "I19": Invariant(
        "Everything that waits has a bound, what is full takes on nothing new, and what has room turns nobody away.",
        ((When.REQUEST, pauses_before_it_repeats),),
        (
            (When.TURN, takes_on_nothing_on_a_low_disk),
            (When.READING, turns_nobody_away),
            (When.TURN, pauses_before_it_tries_again),
        ),
        end=lets_go_of_what_is_over,
        judged="and each second, by the switch's gauges",
    ),
    "I20": Invariant(
        "Nobody waits beyond a deadline, and two minutes after the last fault everything is at rest.",
        turns=(
            (When.TICK, hangs_up_the_silent),
            (When.TICK, asks_the_silent),
            (When.TICK, cuts_what_does_not_end),
            (When.TICK, asks_for_new_keys_again),
        ),
        end=comes_to_rest,
    ),
    "I21": Invariant(
        "A stop answers or reverses what is open, within its grace.",
        turns=((When.TURN, stops_cleanly),),
        judged="and after the end",
    ),
    "I22": Invariant(
        "Nothing about money depends on the wall clock.",
        ((When.ANSWER, times_out_by_the_right_clock),),
        ((When.TICK, gives_up_not_before_time), (When.TERMINAL_TICK, terminals_wait_their_time)),
        judged="and by the rest",
    ),
    "I24": Invariant("The same seed makes the same trace.", judged="by running it twice"),
    "I25": Invariant(
        "An answer of the embedded issuer follows from card and account.",
        ((When.ANSWER, gives_an_approval_its_code),),
        records=(decides_by_card_and_account,),
    ),
    "I26": Invariant(
        "Nothing passes before a sign-on, where one is asked for.",
        ((When.ANSWER, passes_nothing_before_a_sign_on), (When.FORWARD, passes_nothing_before_its_sign_on)),
    ),
    "I27": Invariant(
        "A request goes where the routes in force send its card, and what follows it to the same issuer.",
        ((When.FORWARD, goes_where_its_card_is_routed),),
        ((When.TURN, changes_routes_as_ordered),),
    ),
    "I28": Invariant(
        "A payment is approved to a cardholder where his card agrees.",
        turns=((When.TERMINAL_READING, terminals_believe_their_cards),),
    ),
}
"""All of them, by the number that they have had from the beginning; I23 was never given."""

FIRST, LAST = ("I20", "I10", "I5"), ("I1", "I6")
"""Where several do not hold at one moment, the one that says most about the cause is told. As long as something is under way,
books that differ prove nothing; what a queue has lost, the books miss. That money or answers do not add up says least.
"""


def by_weight() -> list[tuple[str, Invariant]]:
    """The table in the order in which its rows are judged."""
    names = [*FIRST, *(name for name in INVARIANTS if name not in FIRST + LAST), *LAST]
    return [(name, INVARIANTS[name]) for name in names]
