"""Proves that dialects are listed, shown, compared and checked, and that `decode` reads with what `import` writes."""

import json

import pytest
from iso8583.specs import default_ascii
from typer.testing import CliRunner

from switch.cli.decode import app as decode_app
from switch.cli.dialect import app
from switch.domain.reasons import Reason
from switch.wire import DIALECTS
from switch.wire.subfields import parts_of

OK, DIFFERENT, USAGE = 0, 1, 2


def dialect(*words: str):
    """Run the command in this process."""
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def imported(tmp_path):
    """A dialect file made of pyiso8583's own spec."""
    (tmp_path / "spec.json").write_text(json.dumps(default_ascii))
    file = tmp_path / "my.toml"
    done = dialect("import", str(tmp_path / "spec.json"), "--base", "iso87-ascii", "--output", str(file))
    assert (done.exit_code, done.output) == (OK, "")
    return file


def test_list():
    """Each with its words."""
    done = dialect("list")
    assert done.exit_code == OK
    for each in DIALECTS.values():
        assert f"{each.name} " in done.stdout
        assert each.words in done.stdout
    assert [each["name"] for each in json.loads(dialect("list", "--json").stdout)] == list(DIALECTS)


@pytest.mark.parametrize("name", DIALECTS)
def test_show(name):
    """Header, MTI, bitmaps and every element."""
    rows = json.loads(dialect("show", name, "--json").stdout)["elements"]
    assert [row["de"] for row in rows] == ["header", "MTI", "bitmap", "bitmap 2", *DIALECTS[name].codec.elements]
    assert len(dialect("show", name).stdout.splitlines()) >= 1 + len(rows)


@pytest.mark.parametrize("name", DIALECTS)
def test_show_tells_what_is_inside_of_elements(name):
    """A layout for each DE that has one, as a dialect file would say it; and each part by its path and name."""
    shown, each = json.loads(dialect("show", name, "--json").stdout), DIALECTS[name]
    assert shown["subfields"].keys() == {str(de) for de in each.subfields}
    lines = dialect("show", name).stdout.splitlines()
    for de, layout in each.subfields.items():
        assert all(f"DE {de}.{key}: {part.desc or 'no name'}" in lines for part, key in parts_of(layout))


@pytest.mark.parametrize("name", DIALECTS)
def test_show_tells_what_messages_are_made_of(name):
    """Edition, echoes, keys, codes and pictures, as a dialect file would say them; and in words."""
    shown, each = json.loads(dialect("show", name, "--json").stdout), DIALECTS[name]
    assert (shown["edition"], shown["echo"], shown["response_codes"]) == (each.edition.name, [*each.echo], each.response_codes)
    assert shown["reasons"]["format-error"] == each.codes.reasons[Reason.FORMAT_ERROR]
    assert shown["pictures"].keys() == each.pictures.keys()
    text = dialect("show", name).stdout
    assert f"edition: ISO 8583:{each.edition.name}\n" in text
    purchase = each.edition.mti("0200")
    assert f"{purchase} financial request" in text
    assert "must have 2/35 3 4" in text
    assert f"DE 39 = {each.codes.reasons[Reason.APPROVED]}: approved (yes)\n" in text


def test_diff(imported):
    """A dialect does not differ from itself; what differs is told by element, with status 1."""
    assert dialect("diff", "iso87-ascii", "iso87-ascii").stdout == "no difference\n"
    done = dialect("diff", "iso87-ascii", "iso87-binary")
    assert done.exit_code == DIFFERENT
    assert "DE 4\n  - n, 12 bytes, ascii\n  + n, 12 half bytes, raw, filled 0 left\n" in done.stdout
    assert dialect("diff", "iso87-ascii", str(imported), "--json").exit_code == DIFFERENT


def test_check(imported):
    """A good file is said to be one; a bad one is refused at its place."""
    assert (
        dialect("check", str(imported)).stdout == f"{imported}: ok (spec, elements: {len(default_ascii) - 5})\n"
    )  # Without header, MTI, bitmaps.
    imported.write_text(imported.read_text().replace("[spec.3]", "[spec.x]"))
    done = dialect("check", str(imported))
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert "is none of" in done.stderr
    assert dialect("check", str(imported.with_name("none.toml"))).exit_code == USAGE


def test_an_imported_dialect_decodes(imported):
    """`decode --dialect FILE` reads with it, and takes names and codes from its base."""
    raw = DIALECTS["iso87-ascii"].encode({"mti": "0210", 2: "4761739001010119", 39: "51"})
    done = CliRunner().invoke(decode_app, ["--dialect", str(imported), raw.hex()])
    assert done.exit_code == OK
    assert done.stdout.startswith("spec 1.00: ")
    assert "4761739001010119" not in done.stdout


def test_what_has_no_equal_is_told(tmp_path):
    """On standard error by field, and in the file."""
    rows = '<isofield id="0" class="IFA_NUMERIC"/><isofield id="1" class="IFA_BITMAP"/>'
    rows += '<isofield id="48" length="9" class="IF_TBASE"/>'
    file = tmp_path / "bank packager.xml"
    file.write_text(f"<isopackager>{rows}</isopackager>")
    done = dialect("import", str(file))
    assert done.exit_code == OK
    assert done.stderr.startswith("DE 48: its class has no equal here; left out")
    assert 'name = "bank-packager"' in done.stdout
    assert '48 = "its class' in done.stdout


@pytest.mark.parametrize(
    "text", ["", "\x1b[2J", "<isopackager>", "{", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")]
)
def test_what_cannot_be_imported(tmp_path, text):
    """Status 2, in words that cannot steer a terminal."""
    file = tmp_path / "spec"
    file.write_text(text)
    done = dialect("import", str(file))
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert "\x1b" not in done.stderr


def test_names_and_places(tmp_path, imported):
    """A base that is none, a name that is none, and a place that cannot be written have status 2."""
    source = str(imported.with_name("spec.json"))
    assert dialect("import", source, "--base", "iso88").exit_code == USAGE
    assert dialect("import", source, "--name", "my bank").exit_code == USAGE
    assert dialect("import", source, "--output", str(tmp_path)).exit_code == USAGE
    assert dialect("show", "iso88").exit_code == USAGE
