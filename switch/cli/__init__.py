"""Commands of the switch, one file each; `terminal_sim.cli` mounts them. `new_app` gives them all the same manners."""

import typer


def new_app() -> typer.Typer:
    """A Typer application for one command: plain help, and tracebacks that never show local values."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
