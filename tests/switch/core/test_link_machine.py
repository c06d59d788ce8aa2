"""Sessions of an acquirer and of an issuer that is dialled, over any course of the line: who is online, and what is asked when.

The model knows words for where a session stands, and times at which something is due. Of the core's tables it knows nothing.
"""

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from switch.machine import Unreachable
from tests.testing.quota import tried

ANSWER_MS, IDLE_MS = 10_000, 30_000
DIAL_MS, DIAL_MAX_MS = 500, 30_000
WHICH = st.integers(0, 5)


class Session:
    """One connection as its peer sees it: where it stands, what it was asked last, and when something is due."""

    def __init__(self, peer, stands):
        self.peer, self.stands = peer, stands
        self.asked = None
        self.answer_by_ms = self.echo_at_ms = None


class LinkMachine(RuleBasedStateMachine):
    """Connections of both parties in the order in which they came, and when the issuer is dialled next."""

    def __init__(self, desk, wallet, *, sign_on):
        super().__init__()
        self.desk, self.wallet, self.sign_on = desk, wallet, sign_on
        self.sessions = {"pos": [], "bank": []}
        self.pause_ms, self.dial_at_ms, self.stan = DIAL_MS, None, 0
        desk.tick()
        self.dials = 1
        self.dialling = True

    @rule()
    def accept(self):
        """The acquirer connects."""
        if len(self.sessions["pos"]) < 3:
            self.sessions["pos"].append(Session(self.desk.connect(), "up" if self.sign_on else "online"))

    @rule()
    def reach(self):
        """A connection to the issuer comes about; where a sign-on is asked for, we ask for it."""
        if len(self.sessions["bank"]) == 3:
            return
        session = Session(self.desk.connect("bank"), "signing on" if self.sign_on else "online")
        self.sessions["bank"].append(session)
        self.dialling = False
        if self.sign_on:
            self._expect_question(session, "001")
        else:
            session.echo_at_ms = self.desk.now.mono_ms + IDLE_MS

    @precondition(lambda self: self.dialling)
    @rule()
    def fail_to_reach(self):
        self.dialling = False
        self.desk.handle(Unreachable("bank", "connection refused"))
        self._dial_later()

    @rule(link=st.sampled_from(["pos", "bank"]), which=WHICH, code=st.sampled_from(["001", "002", "301"]))
    def be_asked(self, link, which, code):
        """A sign-on, a sign-off or an echo of the peer: always answered, and done where sessions are kept."""
        session = self._pick(link, which)
        if session is None:
            return
        self.stan += 1
        answer = session.peer.ask({"mti": "0800", 7: "0101000000", 11: f"{self.stan:06d}", 70: code})
        assert (answer.mti, answer[11], answer[39]) == ("0810", f"{self.stan:06d}", "00")
        self._heard(session)
        if self.sign_on and code != "301":
            self._stand(session, "online" if code == "001" else "up")

    @rule(which=WHICH, code=st.sampled_from(["00", "05"]), right=st.booleans(), times=st.integers(1, 2))
    def answer(self, which, code, right, times):
        """The issuer answers what it was asked, once or twice, or something that it was not."""
        session = self._pick("bank", which)
        for _ in range(times):
            if session is None or session.asked is None or session.peer.hung_up:
                return
            self.desk.notices.clear()
            self._heard(session)
            session.peer.reply(session.asked, code, **({} if right else {"d11": "899999"}))
            if right and session.answer_by_ms is not None:
                self._answered(session, code)
            else:
                assert self.desk.told("answer.unmatched")

    @rule(which=WHICH)
    def pay(self, which):
        """A purchase is taken from an acquirer that is online, and refused to another."""
        session = self._pick("pos", which)
        if session is not None:
            self.stan += 1
            answer = session.peer.ask(self.wallet.pay(stan=self.stan, minor=1))
            assert (answer[39] == "00") == (session.stands == "online")

    @rule(link=st.sampled_from(["pos", "bank"]), which=WHICH)
    def close(self, link, which):
        session = self._pick(link, which)
        if session is not None:
            self._gone(link, session)

    @rule(times=st.integers(1, 3))
    def flap(self, times):
        """The line to the issuer comes and goes."""
        for _ in range(times):
            self.reach()
            for session in list(self.sessions["bank"]):
                self._gone("bank", session)

    @rule(ms=st.sampled_from([1, 499, 500, 9_999, 10_000, 29_999, 30_000]))
    def wait(self, ms):
        """What is due on the way happens at its time; a connection that is hung up is closed by the shell soon."""
        until = self.desk.now.mono_ms + ms
        while self.desk.now.mono_ms < until:
            self.desk.wait(min([until, *self._dues()]) - self.desk.now.mono_ms)
            self._happen()

    @invariant()
    def everybody_stands_where_the_model_says(self):
        self._happen()
        for link, sessions in self.sessions.items():
            there = self.desk.traffic.links[link].connections
            assert [connection.state.value for connection in there.values()] == [session.stands for session in sessions]
            online = [session.peer.conn for session in sessions if session.stands == "online" and not session.peer.hung_up]
            chosen = self.desk.traffic.links[link].online()
            assert (chosen.conn if chosen else None) == (online[0] if online else None)
        assert len(self.desk.dialled) == self.dials
        assert self.desk.switch.next_deadline() == min(self._dues(), default=None)

    def _happen(self):
        """What is due by now: questions, hang-ups, dialling."""
        now = self.desk.now.mono_ms
        for session in list(self.sessions["bank"]):
            if session.answer_by_ms is not None and session.answer_by_ms <= now:
                assert session.peer.hung_up == "no answer to our 0800"
            if session.echo_at_ms is not None and session.echo_at_ms <= now:
                session.echo_at_ms = None
                if session.stands == "online":
                    session.echo_at_ms = now + IDLE_MS
                    self._expect_question(session, "301")
        if self.dial_at_ms is not None and self.dial_at_ms <= now:
            self.dial_at_ms = None
            if not self.sessions["bank"]:
                self.dials += 1
                self.dialling = True
        for link, sessions in self.sessions.items():
            leaving = [session for session in sessions if session.peer.hung_up]
            chosen = self.desk.traffic.links[link].online()
            assert chosen is None or chosen.conn not in [session.peer.conn for session in leaving], "it is not read any more"
            for session in leaving:
                self._gone(link, session)

    def _dues(self):
        times = [self.dial_at_ms, *(time for each in self.sessions["bank"] for time in (each.answer_by_ms, each.echo_at_ms))]
        return [time for time in times if time is not None]

    def _answered(self, session, code):
        session.answer_by_ms = None
        if session.asked[70] == "001":
            if code == "00":
                self._stand(session, "online")
            else:
                assert session.peer.hung_up == "sign-on refused"

    def _expect_question(self, session, code):
        session.asked = session.peer.take_one()
        assert (session.asked.mti, session.asked[70]) == ("0800", code)
        session.answer_by_ms = self.desk.now.mono_ms + ANSWER_MS

    def _heard(self, session):
        """Any byte of an issuer that is online shows that it lives."""
        if session in self.sessions["bank"] and session.stands == "online":
            self.pause_ms = DIAL_MS
            session.echo_at_ms = self.desk.now.mono_ms + IDLE_MS

    def _stand(self, session, stands):
        if session in self.sessions["bank"] and stands == "online" != session.stands:
            self.pause_ms = DIAL_MS
            session.echo_at_ms = self.desk.now.mono_ms + IDLE_MS
        session.stands = stands

    def _gone(self, link, session):
        session.peer.close()
        self.sessions[link].remove(session)
        if link == "bank" and not self.sessions["bank"]:
            self._dial_later()

    def _dial_later(self):
        assert self.desk.told("link.down")[-1].text.endswith(f"next attempt in {self.pause_ms / 1000:g} s")
        self.dial_at_ms = self.desk.now.mono_ms + self.pause_ms
        self.pause_ms = min(2 * self.pause_ms, DIAL_MAX_MS)

    def _pick(self, link, which):
        sessions = self.sessions[link]
        return sessions[which % len(sessions)] if sessions else None

    def teardown(self):
        self.desk.audit()


@pytest.mark.parametrize("sign_on", [True, False])
def test_sessions_over_any_course_of_the_line(new_desk, plan, wallet, sign_on):
    """With sign-ons and without: who is online, what is answered, asked, hung up and dialled, each at its time."""
    links = tuple(msgspec.structs.replace(link, sign_on=sign_on) for link in plan.links)
    plan = msgspec.structs.replace(plan, links=links)
    run_state_machine_as_test(
        lambda: LinkMachine(new_desk(plan), wallet, sign_on=sign_on), settings=settings(tried(150), stateful_step_count=25)
    )
