"""What must hold of each message that the switch says to a terminal. A check gives nothing, or what is wrong, as a sentence."""

from switch.wire.mti import is_mti, is_response, without_repeat
from terminal_sim.lab.evidence import APPROVALS, REFUSALS, Evidence
from terminal_sim.lab.names import name_of
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.run import SWITCH
from terminal_sim.lab.waiting import Asked


def answers_what_was_asked(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I5."""
    if not is_response(brief.mti):
        return ""
    asked = evidence.waiting.asked_by(passage, brief)
    if asked is None:
        return _misdirected(evidence, passage, brief)
    same = (brief.terminal_id, brief.rrn or asked.brief.rrn) == (asked.brief.terminal_id, asked.brief.rrn)
    same = same and brief.minor in ("", *asked.minors)
    return "" if same or asked.doubtful else "an answer names another terminal, reference or amount than its request"


def answers_once(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I6."""
    if not is_response(brief.mti):
        return ""
    asked = evidence.waiting.asked_by(passage, brief)
    if asked is not None and asked.answered < asked.heard:
        return ""
    if evidence.waiting.unreadable.get(passage.speaker.conn):
        return ""  # The answer to something that we cannot read any better than the switch.
    if asked is None:
        return f"a {brief.mti} answers nothing that was asked on its connection"
    return f"{asked.answered + 1} answers to {asked.heard} requests"


def invents_no_approval(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I6."""
    asked = _approved_request(evidence, passage, brief)
    if asked is None or evidence.is_decided_here(asked.brief):
        return ""
    codes = evidence.life(asked.brief.transaction).approvals
    return "" if brief.approval_code in codes else "an approval was told that the issuer has never given"


def gives_an_approval_its_code(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I25: by DE 38 people find it again. What remote issuers say of it, not every acquirer can be told."""
    if brief.approval_code:
        return ""
    asked = _approved_request(evidence, passage, brief)
    bare = asked is not None and evidence.is_decided_here(asked.brief)
    return "an approval of the embedded issuer has no approval code" if bare else ""


def tells_the_card_what_its_issuer_says(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I15: with an approval, which a chip believes by what its issuer says to it (tag 91 of DE 55), and nothing besides."""
    message = passage.message
    asked = _approved_request(evidence, passage, brief)
    if asked is None or message is None:
        return ""
    life, told = evidence.life(asked.brief.transaction), message.get(55, "")
    said = life.request.message.get(55, "") if life.request is not None and life.request.message is not None else ""
    if told:
        return "an approval repeats the chip data of its request" if said and said in told else ""
    lacking = bool(said) if evidence.is_decided_here(asked.brief) else life.told_card
    return "an approval does not tell its card what the issuer says to it" if lacking else ""


def repeats_its_answer(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I4: whatever ended a transaction for good is said again, and nothing else. What is refused for its form, its MAC or its
    moment has not become one.
    """
    asked = evidence.waiting.asked_by(passage, brief)
    if asked is None or asked.doubtful or brief.mti[1:3] not in ("11", "21"):
        return ""
    life = evidence.life(asked.brief.transaction)
    first = life.answers.get((without_repeat(asked.brief.mti), brief.stan))
    if brief.response_code not in REFUSALS:
        same = first is None or first == (brief.response_code, brief.approval_code)
        return "" if same else "a repeat got another answer than its request"
    if first is not None and brief.response_code == "91":
        return "a repeat was told that nobody answers, though its request had its answer"
    request = life.request.brief if life.request is not None else None
    if request is not None and brief.minor == request.minor and brief.response_code == "94" and "94" not in life.issuer_codes:
        return "a repeat was taken for another request under the same name"
    return ""


def approves_what_was_asked(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I4: a name that stands for a request never stands for another one with other contents."""
    asked = _approved_request(evidence, passage, brief)
    request = evidence.life(asked.brief.transaction).request if asked is not None else None
    if request is None or request.brief is None or not brief.minor:
        return ""
    return "" if brief.minor == request.brief.minor else "a request was approved by the answer to another one of the same name"


def passes_nothing_before_a_sign_on(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I26."""
    if brief.mti[1] == "8" or brief.response_code in REFUSALS or not evidence.lacks_sign_on(passage):
        return ""
    return f"a {brief.mti} answers what came before a sign-on"


def forwards_nothing_late(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I8."""
    asked = _approved_request(evidence, passage, brief)
    if asked is None:
        return ""
    life = evidence.life(asked.brief.transaction)
    if life.reversed_ms is not None:
        return f"an approval was told after its reversal had left at {life.reversed_ms} ms"
    taken_back_ms = life.taken_back_ms.get((without_repeat(asked.brief.mti), brief.stan))
    if taken_back_ms is not None:
        return f"an approval was told after its reversal had been taken at {taken_back_ms} ms"
    return "" if life.given_up_ms is None else f"an approval was told after its issuer was given up at {life.given_up_ms} ms"


def times_out_by_the_right_clock(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I22."""
    asked = evidence.waiting.asked_by(passage, brief)
    if asked is None or brief.response_code != "91" or brief.mti[2] != "1" or evidence.draining:
        return ""
    forwarded = evidence.life(asked.brief.transaction).forwarded
    waited_ms = passage.at_ms - asked.first_ms
    early = forwarded is not None and waited_ms < evidence.run.options.response_timeout_ms
    return f"an issuer was given up after {waited_ms} ms" if early else ""


def refuses_no_reversal(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I10: whatever new work must wait for, undoing what is there must not."""
    refused = is_response(brief.mti) and brief.mti[1] == "4" and brief.response_code == "91"
    return "a reversal was refused as if it were new work" if refused else ""


def journals_before_it_answers(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    asked = evidence.waiting.asked_by(passage, brief)
    if asked is None or brief.response_code not in APPROVALS or brief.mti[1] not in "124":
        return ""
    kind, named = "answered", asked.brief
    key = evidence.names.key_of(name_of(passage, named))
    if brief.mti[1] == "4":
        if not is_mti(named.named[0]):
            return f"a {brief.mti} says yes to a reversal that names no original"
        kind, key = "reversed", evidence.names.original_key_of(passage, named)
    good = evidence.durables.has(SWITCH, kind, key)
    return "" if good else f'a {brief.mti} left before its record "{kind}" was durable'


def _misdirected(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """What is wrong with an answer that its connection has not asked for; nothing where nobody can say."""
    conn = passage.speaker.conn
    if evidence.waiting.unreadable.get(conn):
        return ""
    if evidence.waiting.asked_elsewhere(passage, brief):
        return f"a {brief.mti} went to another connection than the one that asked"
    near = [asked for (mti, _), asked in evidence.waiting.asked.get(conn, {}).items() if mti == brief.mti]
    if any(asked.brief.transaction == brief.transaction for asked in near):
        return f"a {brief.mti} has another STAN than its request"
    return ""


def _approved_request(evidence: Evidence, passage: Passage, brief: Brief) -> Asked | None:
    """The payment whose approval this is; None for anything else."""
    if brief.response_code not in APPROVALS or brief.mti[1:3] not in ("11", "21"):
        return None
    return evidence.waiting.asked_by(passage, brief)
