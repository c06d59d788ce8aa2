"""Track 2, on the stripe and as the chip repeats it (ISO/IEC 7813; EMV Book 3 annex B, tag 57). Text and bytes, no keys.

A track is always a `Secret`: whoever has it has the card.
"""

import re

import msgspec

from keys.sensitive import Pan, Secret

PVKI_PLACE = slice(0, 1)
PVV_PLACE = slice(1, 5)
CVV_PLACE = slice(5, 8)
"""Where the issuer's values stand in the discretionary data (the layout that Visa gives track 2)."""

_TRACK2 = re.compile(r"([0-9]{8,19})=([0-9]{4})([0-9]{3})([0-9]*)", re.ASCII)
_TRACK2_CHARACTERS_MAX = 37
_EQUIVALENT = re.compile(r"([0-9]{8,19})D([0-9]{7,})F?", re.ASCII)


class TrackError(ValueError):
    """Not a track 2. The text never repeats it."""


class Track2(msgspec.Struct, frozen=True):
    """What track 2 says.

    Args:
        pan: the card.
        expiry: YYMM.
        service_code: three digits.
        discretionary: what the issuer put behind them.
    """

    pan: Pan
    expiry: str
    service_code: str
    discretionary: Secret


class Magstripe(msgspec.Struct, frozen=True):
    """The stripe, as a reader hears it: track 2 without sentinels, separator "="."""

    track2: Secret


def print_track2(track: Track2) -> Secret:
    """The track as a reader gives it, without sentinels."""
    text = f"{track.pan.expose()}={track.expiry}{track.service_code}{track.discretionary.expose().decode('ascii')}"
    assert len(text) <= _TRACK2_CHARACTERS_MAX, f"track 2 of {len(text)} characters"
    return Secret(text.encode("ascii"))


def parse_track2(text: Secret) -> Track2:
    """What a track says.

    Raises:
        TrackError: when it is not PAN, "=", expiry, service code and digits, 37 characters at most.
    """
    characters = text.expose().decode("latin-1")
    match = _TRACK2.fullmatch(characters)
    if match is None or len(characters) > _TRACK2_CHARACTERS_MAX:
        raise TrackError("not a track 2: card number, separator, expiry, service code, further digits")
    return Track2(Pan(match[1]), match[2], match[3], Secret(match[4].encode("ascii")))


def encode_equivalent(track2: Secret) -> bytes:
    """Track 2 as tag 57 holds it: packed digits, separator D, filled with F to whole bytes."""
    digits = track2.expose().decode("ascii").replace("=", "D")
    return bytes.fromhex(digits + "F" * (len(digits) % 2))


def decode_equivalent(data: bytes) -> Secret:
    """The track that tag 57 holds, as text with "=".

    Raises:
        TrackError: when it is none.
    """
    match = _EQUIVALENT.fullmatch(data.hex().upper())
    if match is None:
        raise TrackError("tag 57 is not a track 2: card number, D, digits, at most one F")
    return Secret(f"{match[1]}={match[2]}".encode("ascii"))
