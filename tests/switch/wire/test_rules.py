"""Every rule that an error can name is explained, and nothing else is."""

import re
from pathlib import Path

import pytest

import switch.wire
from switch.wire.rules import RULES, explain, print_rules

SOURCES = [path for path in Path(switch.wire.__file__).parent.rglob("*.py") if path.name != "rules.py"]
RAISED = {rule for path in SOURCES for rule in re.findall(r'"([A-Z]{3}-[A-Z]+-[0-9]{2})"', path.read_text())}


def test_each_raised_rule_has_its_entry() -> None:
    """The ids in the sources of this package and the ids of the table are the same."""
    assert len(RAISED) > 60
    assert RULES.keys() == RAISED


@pytest.mark.parametrize("rule", RULES)
def test_an_entry_is_three_sentences(rule: str) -> None:
    """What, why and how to mend are each a sentence, and together one explanation."""
    entry = RULES[rule]
    for text in (entry.what, entry.why, entry.mend):
        assert text.endswith(".")
        assert text[0].isupper()
    assert explain(rule) == f"{rule}: {entry.what} {entry.why} {entry.mend}"


def test_the_page_of_rules_is_the_table() -> None:
    """docs/rules.md is what `print_rules` gives, which is how it is written again."""
    page = Path(__file__).parents[3] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == print_rules()
