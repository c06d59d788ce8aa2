import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.sensitive import Pan, Secret
from terminal_sim.card.magstripe import Track2, TrackError, decode_equivalent, encode_equivalent, parse_track2, print_track2

digits = st.text("0123456789", min_size=0, max_size=8)


@given(st.sampled_from(["4761739001010119", "378282246310005", "4222222222222"]), digits)
def test_tracks_come_back_as_they_were_printed(pan: str, more: str) -> None:
    """Printing and parsing track 2, as text and as tag 57, loses nothing, with even and odd numbers of digits."""
    track = Track2(Pan(pan), "3112", "201", Secret(more.encode()))
    text = print_track2(track)
    assert parse_track2(text) == track
    assert decode_equivalent(encode_equivalent(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4761739001010119",
        "4761739001010119=31122",
        "4761739001010119D3112201",
        "4761739001010119==3112201",
        "4761739001010119=3112201=1",
        ";4761739001010119=3112201?",
        "4761739001010119=311220112345678901234",
        "476173900101٠119=3112201",
        "4761739=3112201",
    ],
)
def test_what_is_no_track_is_refused_without_being_repeated(text: str) -> None:
    """Sentinels, missing parts, a second separator, foreign digits: refused, and the error does not show the track."""
    with pytest.raises(TrackError) as caught:
        parse_track2(Secret(text.encode("latin-1", "replace")))
    assert not any(part in "".join(traceback.format_exception(caught.value)) for part in text.split("=") if len(part) > 6)


@pytest.mark.parametrize("data", ["", "4761739001010119", "4761739001010119D3112201FF", "4761739001010119E3112201F", "AA"])
def test_what_is_no_track_in_tag_57_is_refused(data: str) -> None:
    """Tag 57 holds digits, one D and at most one F."""
    with pytest.raises(TrackError):
        decode_equivalent(bytes.fromhex(data + "F" * (len(data) % 2)) if data else b"")
