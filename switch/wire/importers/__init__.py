"""Specs of other tools, read into ours: pyiso8583 dicts, moov-io JSON, jPOS GenericPackager XML, j8583 XML.

An importer gives a pyiso8583 spec, the content classes that it could tell, and words for each field that has no equal here:
nothing is dropped in silence. Nothing of a file is executed or fetched, and no entity of XML is expanded.

Facts, not code: the layouts were taken from the documentation and the behaviour of those tools.
"""

from collections.abc import Callable

from switch.limits import SPEC_FILE_CHARS_MAX
from switch.wire.errors import SpecError
from switch.wire.importers import j8583, jpos, moov, pyiso8583
from switch.wire.importers.imported import Imported, Options

IMPORTERS: dict[str, tuple[Callable[[str], bool], Callable[[str, Options], Imported]]] = {
    "jPOS GenericPackager XML": (jpos.suits, jpos.read),
    "j8583 XML": (j8583.suits, j8583.read),
    "moov-io/iso8583 JSON": (moov.suits, moov.read),
    "pyiso8583 spec": (pyiso8583.suits, pyiso8583.read),
}
"""Kind of file -> whether a text is of it, and what reads it."""


def read_spec(text: str, options: Options) -> tuple[str, Imported]:
    """The kind of a file, and what is in it.

    Raises:
        SpecError: when it is of no kind that we know, or is spoilt.
    """
    if len(text) > SPEC_FILE_CHARS_MAX:
        raise SpecError(f"the file is longer than {SPEC_FILE_CHARS_MAX} characters", "SPC-FIL-01")
    for kind, (suits, read) in IMPORTERS.items():
        if suits(text):
            return kind, read(text, options)
    raise SpecError(f"the file is none of: {', '.join(IMPORTERS)}", "SPC-FIL-02")


__all__ = ["IMPORTERS", "Imported", "Options", "read_spec"]
