"""Dialect files in a configuration: a link speaks the dialect of a file; a file that cannot be used is named by its path."""

import msgspec
import pytest

from switch.compose import compose
from switch.config import ConfigError
from switch.default_config import default_config, reference_tree
from switch.dialect_table import dialect_table
from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, print_dialect

SHIPPED = DIALECTS["iso87-ascii"]


def written(path, name="my-bank", base="iso87-ascii"):
    path.write_text(print_dialect(file_of(name, "mine", SHIPPED.spec, SHIPPED.content, base=base)))
    return str(path)


def configuration(*files: str, dialect: str = "my-bank"):
    config = default_config()
    links = (msgspec.structs.replace(config.links[0], dialect=dialect), *config.links[1:])
    return msgspec.structs.replace(config, dialects=files, links=links)


def test_a_link_speaks_the_dialect_of_a_file(tmp_path) -> None:
    """It is composed with it, and the reference prints its spec."""
    config = configuration(written(tmp_path / "my.toml"))
    plan = compose(config).plan
    assert "my-bank" in {link.dialect.name for link in plan.links}
    assert reference_tree(config)["reference"]["dialects"]["my-bank"]["words"] == "mine"


@pytest.mark.parametrize(
    ("name", "base", "words"),
    [("iso87-ascii", "iso87-ascii", "of its name already"), ("my-bank", "", "neither a base nor")],
)
def test_what_cannot_be_used(tmp_path, name, base, words) -> None:
    """A name that is taken, and a dialect of which too little is known, are told with the path."""
    with pytest.raises(ConfigError, match=words) as refused:
        dialect_table(configuration(written(tmp_path / "my.toml", name, base)))
    assert refused.value.problems[0].startswith("$.dialects[0]: ")


def test_a_dialect_that_holds_no_answer_is_told_of_the_link(tmp_path) -> None:
    """A switch that could not say DE 39 would end with the first request."""
    spec = {key: entry for key, entry in SHIPPED.spec.items() if key != "39"}
    content = {de: name for de, name in SHIPPED.content.items() if de != 39}
    (tmp_path / "my.toml").write_text(print_dialect(file_of("my-bank", "mine", spec, content, base="iso87-ascii")))
    with pytest.raises(ConfigError, match=r"a switch cannot speak my-bank there: DE 39") as refused:
        compose(configuration(str(tmp_path / "my.toml")))
    assert refused.value.problems[0].startswith("$.links[0].dialect: ")


def test_files_that_cannot_be_read(tmp_path) -> None:
    """Each is named."""
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError) as refused:
        compose(configuration(str(tmp_path / "none.toml"), str(tmp_path / "bad.toml")))
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["$.dialects[0]", "$.dialects[1]"]
