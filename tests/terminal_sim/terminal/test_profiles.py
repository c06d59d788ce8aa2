import msgspec
import pytest

from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.terminal import DEFAULT, PROFILES, TerminalProfile


@pytest.mark.parametrize("profile", list(PROFILES.values()), ids=list(PROFILES))
def test_profiles_name_what_exists(profile: TerminalProfile) -> None:
    """Dialect and framing are in their tables, and values have the lengths that their tags have."""
    assert profile.dialect in DIALECTS
    assert profile.framing in FRAMINGS
    sizes = (profile.capabilities, profile.more_capabilities, profile.reader_capabilities, profile.denial)
    assert tuple(map(len, sizes)) == (3, 5, 4, 5)
    assert all(5 <= len(application) <= 16 for application in profile.applications)
    assert (len(profile.terminal_type), len(profile.country)) == (2, 3)


def test_the_default_is_one_of_them() -> None:
    """What a terminal is when nobody says otherwise has a name of its own."""
    assert PROFILES[DEFAULT.name] is DEFAULT


@pytest.mark.parametrize(
    "change",
    [{"terminal_id": ""}, {"terminal_id": "TERM00001"}, {"terminal_id": " A"}, {"merchant_id": "M" * 16}, {"terminal_id": "Ä"}],
)
def test_identities_that_no_message_can_carry_are_refused(change: dict[str, str]) -> None:
    """DE 41 has 8 characters, DE 42 has 15; blanks are their filling."""
    with pytest.raises(ValueError, match="printable ASCII"):
        msgspec.structs.replace(DEFAULT, **change)
