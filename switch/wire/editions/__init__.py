"""The editions of ISO 8583 by year: one file each, one line each in `EDITIONS`."""

from switch.wire.edition import Edition
from switch.wire.editions.iso1987 import ISO_1987
from switch.wire.editions.iso1993 import ISO_1993
from switch.wire.editions.iso2003 import ISO_2003

EDITIONS: dict[str, Edition] = {edition.name: edition for edition in (ISO_1987, ISO_1993, ISO_2003)}
