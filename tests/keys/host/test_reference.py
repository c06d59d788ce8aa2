"""Proves that the page about the host commands says what the table says."""

from pathlib import Path

from keys.host.commands import COMMANDS
from keys.host.fields import fields_of
from keys.host.reference import print_reference

PAGE = Path(__file__).parents[3] / "docs" / "hsm-host.md"


def test_the_page_is_the_one_that_the_table_prints():
    """A changed command changes the page in the same commit."""
    assert PAGE.read_text() == print_reference()


def test_every_field_of_every_command_is_on_it():
    """With its form, and words about it."""
    page = print_reference()
    for command in COMMANDS.values():
        assert f"### {command.code}: {command.line}" in page
        for field in fields_of(command.request):
            assert f"| {field.name.replace('_', ' ')} | {field.form.picture} | {field.about}" in page
