"""Commands of the HSM, one file or folder each; `terminal_sim.cli` mounts them. What is here gives all the same manners.

It stands with the lowest of the three packages, so that all of them can have it.
"""

import typer


def new_app() -> typer.Typer:
    """A Typer application for one command: plain help, and tracebacks that never show local values."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def examples(*commands: str) -> str:
    """The end of a command's help: examples, one to a line and never wrapped, so that each can be copied as it stands."""
    return "\n".join(("\b", "Examples:", *(f"  {command}" for command in commands)))
