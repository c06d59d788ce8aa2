"""Commands of the switch, one file each; `terminal_sim.cli` mounts them. Their manners are those of `keys.cli`."""

from keys.cli import examples, new_app

__all__ = ["examples", "new_app"]
