"""Hostile bytes through the public functions: the declared error, its place and its rule, and nothing else."""

import pytest

from switch.wire import DIALECTS, FRAMINGS, DecodeError, FrameError, TlvError
from switch.wire.tlv import parse_flat
from switch.wire.translate import request_of
from tests.hostile.cases import CLASSES, HOSTILE, LINKS, Case, Layer


def cases(*layers: Layer) -> pytest.MarkDecorator:
    chosen = [case for case in HOSTILE if case.layer in layers]
    return pytest.mark.parametrize("case", chosen, ids=[f"{case.kind} {case.name}" for case in chosen])


def test_every_class_is_there() -> None:
    """No class lost its cases, and no two cases are one."""
    assert {case.kind for case in HOSTILE} == set(CLASSES)
    assert len({(case.kind, case.name) for case in HOSTILE}) == len(HOSTILE)


@cases(Layer.STREAM)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_stream_breaks_where_it_must(case: Case, size: int) -> None:
    """However the stream is cut; what is no error may wait for more, and holds no more than a frame."""
    buffer = FRAMINGS[LINKS[case.link][1]].buffer()
    try:
        for at in range(0, len(case.data), size):
            buffer.feed(case.data[at : at + size])
        assert buffer.pending < 8192
        broken = ("", 0)
    except FrameError as error:
        broken = (error.rule, error.offset)
    assert broken == (case.rule, case.offset)


@cases(Layer.MESSAGE)
def test_a_message_is_refused_at_its_place(case: Case) -> None:
    """The rule and the byte; the partial message, where there is one, can be read and answered."""
    with pytest.raises(DecodeError) as refused:
        DIALECTS[LINKS[case.link][0]].decode(case.data)
    assert (refused.value.rule, refused.value.offset) == (case.rule, case.offset)
    partial = refused.value.partial
    assert partial is None or partial.with_fields({39: "30"}, mti="0210")[39] == "30"


@cases(Layer.SWITCH)
def test_bytes_may_be_lawful_and_mean_no_good(case: Case) -> None:
    """They are a message, and are what it encodes to."""
    message = DIALECTS[LINKS[case.link][0]].decode(case.data)
    assert message.dialect.encode({"mti": message.mti, **message.values()}) == case.data


@cases(Layer.TLV)
def test_chip_data_is_refused_at_its_place(case: Case) -> None:
    """The rule and the byte, within bounds of depth and number."""
    try:
        parse_flat(case.data)
        broken: tuple[str, int | None] = ("", None)
    except TlvError as error:
        broken = (error.rule, error.offset)
    assert broken == (case.rule, case.offset)


@cases(Layer.MEANING)
def test_a_request_without_meaning_is_refused(case: Case) -> None:
    """By its own rule, with the message in the error, so that it can be answered."""
    message = DIALECTS[LINKS[case.link][0]].decode(case.data)
    with pytest.raises(DecodeError) as refused:
        request_of(message, pin_key="")
    assert refused.value.rule == case.rule
    assert refused.value.partial is message
