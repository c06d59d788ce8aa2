"""The kinds of terminals by name. One file a kind; a new one is one line here."""

from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.profiles.pos import POS, POS_BINARY

PROFILES: dict[str, TerminalProfile] = {profile.name: profile for profile in (POS, POS_BINARY)}
"""The terminal profiles."""

DEFAULT = POS
"""What a terminal is when nobody says otherwise."""
