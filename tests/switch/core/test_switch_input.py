"""What comes over the line and is no good: a typed refusal or a hangup, never an exception, and nobody else is harmed."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.machine import Hangup, Received, Send
from switch.wire import DIALECTS, EncodeError
from switch.wire.dialect_file import file_of, make_of
from switch.wire.translate import original_fields

FRAME_BYTES_MAX = 8_192


def hung_up(desk):
    return [(command.conn, command.why) for command in desk.commands if isinstance(command, Hangup)]


@pytest.fixture
def neighbour(desk, wallet):
    """Another connection of the same party, which must be able to pay whatever happens to the first."""
    other = desk.connect("pos")
    yield other
    assert other.ask(wallet.pay(stan=77, d41="NEIGHBOR"))[39] == "00"
    assert other.hung_up is None


@pytest.mark.parametrize("prefix", [b"\x00\x00", (FRAME_BYTES_MAX + 1).to_bytes(2, "big"), b"\xff\xff", b"GET / HTTP/1.1\r\n"])
def test_a_length_that_cannot_be_ends_the_connection(desk, pos, neighbour, prefix):
    """Zero, too long, or HTTP on the port: noticed in words and hung up, once."""
    pos.feed(prefix)
    assert pos.hung_up
    assert [notice.conn for notice in desk.told("frame.error")] == [pos.conn]
    pos.feed(b"\x00\x01\x00" * 100)
    assert desk.commands == []


def test_messages_before_a_bad_length_are_answered(desk, pos, neighbour, wallet):
    """One read brings two good messages and then garbage: two answers, then the hangup."""
    framing = pos.plan.framing
    good = b"".join(framing.frame(pos.message(wallet.pay(stan=stan)).raw) for stan in (1, 2))
    answers = pos.feed(good + b"\xff\xff")
    assert [answer[11] for answer in answers] == ["000001", "000002"]
    kinds = [type(command) for command in desk.commands]
    assert kinds.index(Hangup) > max(place for place, kind in enumerate(kinds) if kind is Send)


def test_a_longest_frame_is_read(pos):
    """8192 bytes are no error of the stream; what is in them may be one of the message."""
    pos.feed(FRAME_BYTES_MAX.to_bytes(2, "big") + b"\x00" * FRAME_BYTES_MAX)
    assert pos.hung_up is None


def test_half_a_frame_and_silence_are_hung_up_after_ten_seconds(desk, pos, neighbour, wallet):
    """Not before, and not the connections that are merely idle."""
    data = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    pos.feed(data[:10])
    desk.wait(9_999)
    assert pos.hung_up is None
    desk.wait(1)
    assert pos.hung_up == "half a frame, and then silence"


def test_one_byte_at_a_time_does_not_buy_more_time(desk, pos, wallet):
    """The ten seconds count from the first byte of a frame, however busy the peer keeps."""
    data = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    for place in range(11):
        if pos.hung_up is None:
            pos.feed(data[place : place + 1])
            desk.wait(1_000)
    assert pos.hung_up == "half a frame, and then silence"
    assert desk.now.mono_ms == 10_000


def test_each_frame_has_its_own_ten_seconds(desk, pos, wallet):
    """A slow but honest peer: every frame is complete nine seconds after it began, and the connection lives."""
    frames = [pos.plan.framing.frame(pos.message(wallet.pay(stan=stan)).raw) for stan in (1, 2, 3)]
    stream = frames[0][50:] + frames[1][:50], frames[1][50:] + frames[2][:50], frames[2][50:]
    pos.feed(frames[0][:50])
    answered = 0
    for piece in stream:
        desk.wait(9_000)
        answered += len(pos.feed(piece))
    desk.wait(60_000)
    assert (answered, pos.hung_up) == (3, None)


def test_a_tick_that_comes_late_lets_waiting_bytes_pass_first(desk, pos, wallet):
    """The rest of a frame that arrives before the late tick is in time: only a tick expires anything."""
    data = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    pos.feed(data[:10])
    desk.wait(9_000)
    desk.now = type(desk.now)(desk.now.mono_ms + 5_000, desk.now.wall_ms + 5_000)
    assert [answer[39] for answer in pos.feed(data[10:])] == ["00"]
    desk.tick()
    assert pos.hung_up is None


def test_an_unreadable_message_with_a_readable_key_is_answered_30(desk, pos, neighbour, wallet):
    """The peer hears 30 with its own STAN; nothing becomes a transaction, and the link lives."""
    good = pos.message(wallet.pay()).raw
    bad = good.replace(b"000000001250", b"00000000125X")
    answer = pos.post_raw(bad)[0]
    assert (answer.mti, answer[39], answer[11], answer[41]) == ("0210", "30", "000001", "TERM0001")
    assert not desk.state.transactions
    assert pos.ask(wallet.pay())[39] == "00"


@pytest.mark.parametrize(
    "raw", [b"\x00", b"0", b"02", b"0200", b"0200ZZZZZZZZZZZZZZZZ", b"02A0" + b"0" * 16, b"\xf0\xf2\xf0\xf0" * 9]
)
def test_what_has_no_readable_key_is_noticed_and_dropped(desk, pos, neighbour, raw):
    """No answer could be matched, so none is sent; the link lives."""
    assert pos.post_raw(raw) == []
    assert len(desk.told("message.unreadable")) == 1
    assert pos.hung_up is None


@pytest.mark.parametrize("mti", ["0110", "0210", "0230", "0410", "0430", "0211", "0810", "0190", "0290", "0191", "0899"])
def test_a_response_from_an_acquirer_is_dropped(desk, pos, wallet, mti):
    """Nothing was asked of an acquirer, so its answers are noticed and change nothing, signed or not."""
    before = desk.snapshot()
    assert pos.post(wallet.pay(mti=mti, d39="00")) == []
    assert pos.post(wallet.pay(mti=mti, d39="00"), sign=False) == []
    assert desk.told("answer.dropped") or desk.told("answer.unmatched")
    assert desk.snapshot()[3:] == before[3:]


@pytest.mark.parametrize("first", ["0", "1", "2", "9"])
@pytest.mark.parametrize("rest", [f"{c}{f}{o}" for c in range(10) for f in (0, 2, 4, 6, 8) for o in (0, 1, 5, 6, 9)])
def test_every_mti_is_answered_or_dropped(new_desk, wallet, first, rest):
    """No MTI ends in an exception; what has no meaning here is refused and books nothing."""
    desk = new_desk()
    pos = desk.connect()
    mti = first + rest
    answers = pos.post(wallet.pay(mti=mti, d70="301", d90="0200" + "0" * 38))
    assert len(answers) <= 1
    if mti[:3] not in ("010", "020", "022"):
        assert desk.balance() == 100_000
    desk.audit()


def test_bytes_after_a_connection_has_gone_are_ignored(desk, pos, wallet):
    """A read that was under way when the connection closed harms nobody."""
    data = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    pos.close()
    assert desk.handle(Received(1, data)) == []


@settings(max_examples=60)
@given(chunks=st.lists(st.binary(max_size=300), max_size=8), listed=st.data())
def test_noise_never_raises(new_desk, chunks, listed):
    """Any bytes in any cut: no exception, no booking, and the journal still rebuilds the state."""
    desk = new_desk()
    pos = desk.connect()
    for chunk in chunks:
        data = pos.plan.framing.frame(chunk) if chunk and listed.draw(st.booleans()) else chunk
        desk.handle(Received(pos.conn, data))
        desk.wait(1_000)
    assert desk.balance() == 100_000
    desk.audit()


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(0, 255), st.sampled_from(["set", "drop", "insert", "cut"])), max_size=4
)


@settings(max_examples=150)
@given(
    mutations=MUTATIONS,
    mti=st.sampled_from(["0100", "0200", "0201", "0220", "0400", "0420", "0421", "0800"]),
    plain=st.booleans(),
)
def test_mutated_messages_never_raise(new_desk, plan, wallet, mutations, mti, plain):
    """Nearly valid messages, on a link with MACs and on one without: no exception, and the journal rebuilds the state."""
    link = plan.links[0]
    desk = new_desk(_with_first(plan, _without_mac(link)) if plain else plan)
    pos = desk.connect()
    values = wallet.pay_by_chip(atc=1, mti=mti, pin="1234") | {70: "301", 90: "0100" + "0000010101000000" + "0" * 22}
    raw = bytearray(pos.message(values).raw)
    for place, byte, act in mutations:
        place %= len(raw) + 1
        if act == "set" and place < len(raw):
            raw[place] = byte
        elif act == "drop":
            del raw[place : place + 1]
        elif act == "insert":
            raw.insert(place, byte)
        elif act == "cut":
            del raw[max(place, 1) :]
    pos.post_raw(bytes(raw) or b"\x00")
    desk.wait(30_000)
    desk.audit()


def _without_mac(link):
    return type(link)(link.name, link.role, link.dialect, link.framing, pin_key=link.pin_key)


def _with_first(plan, link):
    return type(plan)(links=(link, *plan.links[1:]), routes=plan.routes, accounts=plan.accounts)


@pytest.fixture
def unasked(make_desk, plan):
    """Both parties speak a dialect from a file that asks for nothing in any message."""
    spoken = DIALECTS["iso87-ascii"]
    file = msgspec.structs.replace(file_of("any", "", spoken.spec, spoken.content, base=spoken.name), pictures={})
    dialect = make_of(file, DIALECTS)
    links = [msgspec.structs.replace(link, dialect=dialect) for link in plan.links]
    return make_desk(msgspec.structs.replace(plan, links=tuple(links)))


@pytest.mark.parametrize("mti", ["0100", "0200", "0220", "0400", "0420", "0800"])
def test_whatever_is_left_out_is_answered_or_forwarded(unasked, wallet, mti):
    """A dialect may ask for nothing: each DE left out, or all but that one, ends in a message and never in an exception."""
    pos, _ = unasked.connect(), unasked.connect("bank")
    values = wallet.pay("mc-chip", entry="012") | {"mti": mti}
    for de in [de for de in values if de != "mti"]:
        for kept in ({key: value for key, value in values.items() if key != de}, {"mti": mti, de: values[de]}):
            answers = pos.post(kept)
            assert answers or mti in ("0100", "0200"), "only a request waits for its issuer"
            assert 11 in kept or [answer[39] for answer in answers] == ["30"]


def test_an_answer_without_a_code_is_none_in_any_dialect(unasked, wallet):
    """The deadline decides."""
    pos, bank = unasked.connect(), unasked.connect("bank")
    pos.post(wallet.pay("mc-chip", entry="012"))
    bank.reply(bank.take_one(), "")
    assert unasked.told("answer.contradicts")
    unasked.wait(20_000)
    assert pos.take_one()[39] == "91"


@pytest.mark.parametrize("name", ["iso87-ascii", "iso93-ascii", "iso2003"])
@pytest.mark.parametrize("mti", ["0100", "0220", "0420", "0800"])
def test_a_dialect_without_content_classes_takes_no_nonsense(make_desk, plan, wallet, name, mti):
    """A file may say nothing of what elements hold: letters, signs and blanks end in an answer, or go on to the issuer."""
    base = DIALECTS[name]
    dialect = make_of(file_of("any", "", base.spec, {}, base=name), DIALECTS)
    links = [msgspec.structs.replace(link, dialect=dialect) for link in plan.links]
    desk = make_desk(msgspec.structs.replace(plan, links=tuple(links)))
    pos, _ = desk.connect(), desk.connect("bank")
    moment = "0" * dialect.codec.elements[12].units_max
    plain = wallet.pay("mc-chip", entry="012", d18="5411", d23="001", d35="5413330089010434=2512201")
    plain |= {95: "0" * 42} if mti[1] == "4" else {70: "301"} if mti[1] == "8" else {}
    values = dialect.word({de: value for de, value in plain.items() if de != "mti"}, mti, desk.now.wall_ms)
    values |= original_fields(dialect, Original("0200", "000001", "0101000000", local_at=moment)) if mti[1] == "4" else {}
    stans = itertools.count(2)  # What is known by then hears nothing.
    for de, sign in itertools.product(values, "X -+_\x00"):
        for value in (sign + values[de][1:], values[de][:-1] + sign):
            stan = str(next(stans)).rjust(len(values[11]), "0")
            try:
                message = pos.message({**values, 11: stan, de: value, "mti": dialect.edition.mti(mti)})
            except EncodeError:
                continue
            answers = pos.post_raw(message.raw)
            assert answers or mti == "0100"
            assert de != 4 or mti[1] not in "12" or answers[0][39] == dialect.codes.code(Reason.FORMAT_ERROR), value
