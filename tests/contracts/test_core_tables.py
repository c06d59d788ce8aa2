"""Every flow and every handler of the tables keeps the contract of its kind."""

import msgspec
import pytest

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from keys.sensitive import Pan
from switch.core import Role, State, restore
from switch.core.flows import FLOWS, NETWORK_CLASS
from switch.domain.money import Money, currency
from switch.domain.request import EntryMode, Request, RequestKind
from switch.domain.test_cards import TEST_CARDS
from switch.issuer import HANDLERS, AccountsHandler, Book, Verdict
from switch.issuer.accounts import IssuedCard, IssuerKeys
from switch.issuer.handler import Case
from switch.issuer.scripted import ScriptedHandler
from switch.ledger import JOURNAL
from switch.machine import ChainError, Machine, Sealed
from switch.wire.mti import CLASSES, FUNCTIONS, is_response, response_mti
from switch.wire.translate import REQUEST_KINDS

ASKED = [row for row in FLOWS if row[0] is Role.ACQUIRER and not is_response(row[1] + "0")]
ANSWERED = [row for row in FLOWS if is_response(row[1] + "0")]


def handlers():
    """One of each kind, as configuration would make it. A new handler is added here, or this test fails."""
    hsm = SoftHsm(lab_keystore(), None, lambda event: None)
    card = TEST_CARDS["visa-mag"]
    issued = IssuedCard(card.pan, card.expiry, card.sequence, card.service_code, "A")
    keys = IssuerKeys("issuer.pvk", "issuer.cvk", "issuer.imk-ac")
    return {
        "accounts": AccountsHandler([issued], hsm=hsm, keys=keys, pin_free=Money(5_000, currency("EUR"))),
        "scripted": ScriptedHandler([]),
    }


def test_every_handler_is_made_here():
    """The table and the contract cover the same names."""
    assert {name: type(handler) for name, handler in handlers().items()} == HANDLERS


@pytest.mark.parametrize("name", HANDLERS)
@pytest.mark.parametrize("kind", [RequestKind.PURCHASE, RequestKind.AUTHORISATION, RequestKind.COMPLETION])
@pytest.mark.parametrize("pan", ["4111111111111111", "4242424242424242", ""])
@pytest.mark.parametrize("minor", [0, 1_000, 999_999_999_999])
@pytest.mark.parametrize("code", ["978", "392"])
def test_a_handler_decides_and_changes_nothing(name, kind, pan, minor, code):
    """The same case twice is the same verdict, the book is untouched, an advice is never declined, money follows only a yes."""
    book = Book()
    book.open_account("A", "978", 100_000)
    request = Request(
        kind,
        Money(minor, currency(code)),
        "000001",
        "0101000000",
        pan=Pan(pan) if pan else None,
        entry_mode=EntryMode.MANUAL,
        processing_code="000000",
    )
    case = Case(request, "key", "TOKEN" if pan else "", "", 1_767_225_600_000)
    before = msgspec.to_builtins((book.accounts, book.holds, book.cards))
    verdict = handlers()[name].decide(case, book)
    assert isinstance(verdict, Verdict)
    assert handlers()[name].decide(case, book) == verdict
    assert msgspec.to_builtins((book.accounts, book.holds, book.cards)) == before
    if kind is RequestKind.COMPLETION:
        assert verdict.decision.approved
    if not verdict.decision.approved:
        assert (verdict.postings, verdict.hold, verdict.released) == ((), None, "")
        assert verdict.decision.approval_code == ""
    assert all(posting.currency == code for posting in verdict.postings)


@pytest.mark.parametrize(("role", "mti"), FLOWS)
def test_a_flow_has_an_mti_that_means_something(role, mti):
    """Three digits of the 1987 version, class and function in words; network management is reachable from both sides."""
    assert len(mti) == 3
    assert (mti[0], mti[1] in CLASSES, mti[2] in FUNCTIONS) == ("0", True, True)
    assert (role, NETWORK_CLASS + "0") in FLOWS
    if not is_response(mti + "0") and mti[:2] != NETWORK_CLASS:
        assert mti + "0" in REQUEST_KINDS


@pytest.mark.parametrize(("role", "mti"), ASKED)
def test_what_an_acquirer_may_ask_is_answered(line, pay, role, mti):
    """Each flow answers a whole message, its repeat, and one that lacks everything; always with the MTI that answers it."""
    values = pay(mti + "0", d70="301", d90="02000000990101000000" + "0" * 22)
    acquirer = line("iso87-ascii", "len2-big")
    for sent in (values, values | {"mti": mti + "1"}, {"mti": mti + "0", 11: "000002"}):
        answer = acquirer.ask(sent)
        assert answer.mti == response_mti(sent["mti"])
        assert len(answer[39]) == 2


@pytest.mark.parametrize(("role", "mti"), ANSWERED)
def test_what_answers_is_never_answered(line, pay, role, mti):
    """A response draws no response, from whomever: two machines could talk for ever."""
    acquirer = line("iso87-ascii", "len2-big")
    message = acquirer.dialect.decode(acquirer.dialect.encode(pay(mti + "0", d39="00")))
    signed = message.with_mac(lambda data: acquirer.hsm.generate_mac("pos.zak", data))
    assert acquirer.feed(acquirer.framing.frame(signed.raw)) == []


def test_the_switch_is_a_machine(line):
    """It has what every world asks of one, and asks for its first tick itself."""
    machine: Machine = line("iso87-ascii", "len2-big").switch
    assert machine.next_deadline() == 0
    assert callable(machine.handle)


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"[" * 50_000])
def test_a_journal_that_is_none_gives_no_state(body):
    """`restore` and its codec know one exception."""
    with pytest.raises(ChainError):
        restore([Sealed(1, 1, "answered", body, bytes(32))])
    with pytest.raises(ChainError):
        JOURNAL.open(Sealed(1, 1, "answered", body, bytes(32)))
    assert State().seq == 0
