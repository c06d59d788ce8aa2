"""A dialect as one TOML file: the spec in pyiso8583's words, content classes, and what the dialect departs in from its base.

Whatever the base says of response codes, echoes, pictures and keys holds for the new dialect too, as far as it has those DEs.
Without a base that is the common practice of its edition of the standard, and no value of it is shown in clear; without either
nothing is known of it but how its bytes are laid.
"""

import tomllib
from collections.abc import Mapping

import msgspec
import tomli_w

from switch.domain.reasons import Reason
from switch.wire.bitmap import BitmapForm
from switch.wire.content import ANY
from switch.wire.dialect import Dialect, make_codec
from switch.wire.editions import EDITIONS
from switch.wire.errors import SpecError
from switch.wire.picture import Picture
from switch.wire.spec import Spec, check_spec
from switch.wire.subfields import InnerLayout, check_layout

_NAME_CHARS_MAX = 64


class DialectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the file says.

    Args:
        name: how it is called; letters, digits, dot, dash and underscore.
        words: what it is, for people.
        base: a dialect that it is a variant of; "" for none.
        bitmap: "fixed16" for a network that always sends sixteen bytes of bitmap.
        content: content class by DE.
        edition: the year of the edition that it is of, if not that of its base.
        response_codes, echo, pictures, match_key, clear, fault_de: as in `Dialect`, in place of the base's.
        reasons: name of a reason -> its code in DE 39, beside those of the base.
        approvals: every code that is a yes, in place of the base's.
        subfields: what is inside of DEs, in place of what the base says of the same DE.
        judged: as in `Dialect`, in place of the base's.
        unmapped: what an importer could not say, by field; for readers only.
        spec: the pyiso8583 spec.
    """

    name: str
    spec: dict[str, dict[str, str | int]]
    words: str = ""
    base: str = ""
    edition: str = ""
    bitmap: BitmapForm = "auto"
    content: dict[str, str] = {}
    response_codes: dict[str, str] | None = None
    echo: tuple[int, ...] | None = None
    pictures: dict[str, Picture] | None = None
    match_key: dict[str, tuple[int, ...]] | None = None
    clear: tuple[int, ...] | None = None
    fault_de: int | None = None
    reasons: dict[Reason, str] | None = None
    approvals: tuple[str, ...] | None = None
    subfields: dict[str, InnerLayout] = {}
    judged: tuple[int, ...] | None = None
    unmapped: dict[str, str] = {}


def parse_dialect(text: str, known: Mapping[str, Dialect]) -> Dialect:
    """The dialect of a file.

    Args:
        text: TOML.
        known: the dialects that may be its base.

    Raises:
        SpecError: naming what in it cannot be used.
    """
    return make_of(parse_file(text), known)


def parse_file(text: str) -> DialectFile:
    """What a file says, whether or not a dialect can be made of it; raises as `parse_dialect`."""
    try:
        return msgspec.convert(tomllib.loads(text), DialectFile)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise SpecError("the dialect file is not TOML", "SPC-FIL-01") from None
    except msgspec.ValidationError as error:
        raise SpecError(f"the dialect file does not fit: {error}", "SPC-FIL-01") from None


def make_of(file: DialectFile, known: Mapping[str, Dialect]) -> Dialect:
    """The dialect that a file describes; raises as `parse_dialect`."""
    if not (0 < len(file.name) <= _NAME_CHARS_MAX and file.name.isascii() and file.name.translate(_NAME_SIGNS).isalnum()):
        raise SpecError("the name of a dialect is letters, digits, dot, dash and underscore", "SPC-FIL-01")
    if file.base and file.base not in known:
        raise SpecError(f"its base is none of {', '.join(known)}", "SPC-FIL-01")
    if file.edition and file.edition not in EDITIONS:
        raise SpecError(f"its edition is none of {', '.join(EDITIONS)}", "SPC-FIL-01")
    spec = check_spec(file.spec)
    if not all(key.isascii() and key.isdigit() and len(key) <= 3 for key in file.content):
        raise SpecError("content classes are given by the number of a DE", "SPC-FIL-01")
    content = {int(key): name for key, name in file.content.items()}
    names = {int(key): element["desc"] for key, element in spec.items() if key.isdigit()}
    header = known[file.base].codec.header if file.base else None
    codec = make_codec(spec, content, file.bitmap, header=header.content if header is not None else ANY)
    words = file.words or "read from a file"
    if not file.base:
        dialect = Dialect(file.name, words, spec, content, names, codec)
    else:
        base = known[file.base]
        dialect = msgspec.structs.replace(
            base,
            name=file.name,
            words=words,
            spec=spec,
            content=content,
            names=names,
            codec=codec,
            echo=tuple(de for de in base.echo if de in codec.elements),
            clear=tuple(de for de in base.clear if de in codec.elements),
            judged=tuple(de for de in base.judged if de in codec.elements),
        )
        if spec["h"]["max_len"] != base.spec["h"]["max_len"]:
            # What the base says in its header has no place in another one.
            dialect = msgspec.structs.replace(dialect, header="", header_answer="", header_fault="")
    if file.edition:
        dialect = dialect.of_edition(EDITIONS[file.edition])
    codes = dialect.codes
    codes = msgspec.structs.replace(
        codes,
        reasons={**codes.reasons, **(file.reasons or {})},
        approvals=codes.approvals if file.approvals is None else file.approvals,
    )
    said = {name: getattr(file, name) for name in _POLICIES if getattr(file, name) is not None}
    said["codes"] = codes
    said["subfields"] = _subfields_of(file, dialect)
    if file.fault_de is None and dialect.fault_de not in codec.elements:
        said["fault_de"] = 0
    return msgspec.structs.replace(dialect, **said)


def _subfields_of(file: DialectFile, dialect: Dialect) -> dict[int, InnerLayout]:
    """The base's layouts of the DEs that there are, with those of the file in their places."""
    said: dict[int, InnerLayout] = {}
    for key, layout in file.subfields.items():
        if not (key.isascii() and key.isdigit() and len(key) <= 3) or int(key) not in dialect.codec.elements:
            raise SpecError("subfields are given by the number of a DE that the spec has", "SPC-FIL-01")
        check_layout(layout, f"$.subfields.{key}")
        said[int(key)] = layout
    return {de: layout for de, layout in dialect.subfields.items() if de in dialect.codec.elements} | said


def print_dialect(file: DialectFile) -> str:
    """The text of a file."""
    tree = msgspec.to_builtins(file)
    # The spec is long, so it stands last; unmapped fields stand first of the tables, where they are seen.
    ordered = {key: tree[key] for key in sorted(tree, key=lambda key: (key == "spec", isinstance(tree[key], dict)))}
    return tomli_w.dumps(ordered)


def file_of(
    name: str,
    words: str,
    spec: Spec,
    content: Mapping[int, str],
    *,
    base: str = "",
    edition: str = "",
    subfields: Mapping[int, InnerLayout] | None = None,
) -> DialectFile:
    """A file for a spec, its content classes and what is inside of its DEs."""
    entries = {key: dict(element) for key, element in spec.items()}
    return DialectFile(
        name=name,
        words=words,
        base=base,
        edition=edition,
        spec=msgspec.convert(entries, dict[str, dict[str, str | int]]),
        content={str(de): content[de] for de in sorted(content)},
        subfields={str(de): layout for de, layout in sorted((subfields or {}).items())},
    )


_POLICIES = ("response_codes", "echo", "pictures", "match_key", "clear", "fault_de", "judged")
_NAME_SIGNS = str.maketrans("", "", ".-_")
