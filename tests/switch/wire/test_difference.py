"""Differences: what is said differently is found by DE and tag, in whatever spelling, and shown masked."""

from switch.wire import DIALECTS
from switch.wire.difference import ABSENT, differences

VALUES: dict[int | str, str] = {
    "mti": "0200",
    2: "4761739001010119",
    3: "000000",
    4: "000000001250",
    11: "000123",
    52: "0123456789ABCDEF",
    55: "9F360200019F2608AABBCCDDEEFF00115A084761739001010119",
}


def message(name: str = "iso87-ascii", **changes: str | None):
    values = VALUES | {int(key[2:]) if key[2:].isdigit() else key: value for key, value in changes.items()}
    dialect = DIALECTS[name]
    return dialect.decode(dialect.encode({de: value for de, value in values.items() if value is not None}))


def found(left, right, **options) -> list[tuple[int | str, str, str]]:
    return [(each.de, each.left, each.right) for each in differences(left, right, **options)]


def test_the_same_in_two_spellings() -> None:
    """A message in ASCII and the same in packed digits do not differ."""
    assert found(message(), message("iso87-binary")) == []


def test_elements() -> None:
    """Changed, missing and added DEs are told in order, the MTI too; bitmaps are not."""
    other = message(mti="0210", de4="000000001251", de11=None, de39="00")
    assert found(message(), other) == [
        ("MTI", "0200", "0210"),
        (4, "000000001250", "000000001251"),
        (11, "000123", ABSENT),
        (39, ABSENT, "00"),
    ]


def test_tags() -> None:
    """Inside DE 55 it is the tags that differ, and not the whole."""
    other = message(de55="9F360200029F2608AABBCCDDEEFF00119F340100")
    assert found(message(), other) == [
        ("55.9F36", "0001", "0002"),
        ("55.5A", "(16 hidden)", ABSENT),
        ("55.9F34", ABSENT, "00"),
    ]


def test_a_tag_twice() -> None:
    """The second of two equal tags is compared with the second."""
    one, other = message(de55="9F360200019F36020002"), message(de55="9F360200019F36020003")
    assert found(one, other) == [("55.9F36:2", "0002", "0003")]


def test_secrets_differ_without_being_shown() -> None:
    """Hidden values are compared as they are, and shown only when asked for."""
    other = message(de2="4761739001110119", de52="0123456789ABCDEE")
    assert found(message(), other) == [
        (2, "476173******0119", "(differs where it is hidden)"),
        (52, "(16 hidden)", "(differs where it is hidden)"),
    ]
    assert found(message(), other, show_secrets=True)[1] == (52, "0123456789ABCDEF", "0123456789ABCDEE")


def test_volatile() -> None:
    """DEs that may differ are left out, with all that is in them."""
    other = message(de11="000124", de55="9F36020002", de4="000000000001")
    assert [de for de, _, _ in found(message(), other, volatile={11, 55})] == [4]
