"""The practice of a dialect for `dialect show`: edition, pictures, echoes, keys, subfields, codes. Not its bytes."""

from collections.abc import Iterable, Iterator

import msgspec

from switch.wire import Dialect
from switch.wire.mti import mti_words
from switch.wire.picture import Picture
from switch.wire.subfields import parts_of


def practice_tree(dialect: Dialect) -> dict[str, object]:
    """For JSON, by the names that a dialect file has for them."""
    return {
        "edition": dialect.edition.name,
        "echo": dialect.echo,
        "match_key": dialect.match_key,
        "pictures": msgspec.to_builtins(dialect.pictures),
        "response_codes": dialect.response_codes,
        "reasons": {reason.value: code for reason, code in dialect.codes.reasons.items()},
        "approvals": dialect.codes.approvals,
        "fault_de": dialect.fault_de,
        "subfields": msgspec.to_builtins(dialect.subfields),
        "judged": dialect.judged,
    }


def practice_lines(dialect: Dialect) -> Iterator[str]:
    """For people; nothing of what is not known."""
    yield f"edition: ISO 8583:{dialect.edition.name}"
    if dialect.fault_de:
        yield f"a refusal names the wrong DE in DE {dialect.fault_de}"
    if dialect.header_fault:
        yield "a refusal names the wrong DE in its header"
    if dialect.echo:
        yield f"a response repeats DE {_numbers(dialect.echo)}"
    for digit, key in dialect.match_key.items():
        yield f"a response of class {digit} is found by DE {_numbers(key)}"
    for mti, picture in dialect.pictures.items():
        yield f"{mti} {mti_words(mti)}: {_words(picture)}"
    for de, layout in dialect.subfields.items():
        for part, path in parts_of(layout):
            yield f"DE {de}.{path}: {part.desc or 'no name'}"
    if dialect.judged:
        yield f"refused when its inside is broken: DE {_numbers(dialect.judged)}"
    for code, meaning in dialect.response_codes.items():
        yield f"DE 39 = {code}: {meaning}" + (" (yes)" if code in dialect.codes.approvals else "")


def _words(picture: Picture) -> str:
    required = " ".join("/".join(map(str, group)) for group in picture.required)
    parts = [f"must have {required}" if required else ""]
    parts.append(f"may have {_numbers(picture.optional)}" if picture.optional else "")
    parts.append(f"must not have {_numbers(picture.forbidden)}" if picture.forbidden else "")
    return "; ".join(part for part in parts if part)


def _numbers(des: Iterable[int]) -> str:
    return " ".join(map(str, des))
