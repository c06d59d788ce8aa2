"""The editions of ISO 8583 by year: one file each, one line each in `EDITIONS`."""

from switch.wire.edition import Edition
from switch.wire.editions.iso1987 import ISO_1987

EDITIONS: dict[str, Edition] = {edition.name: edition for edition in (ISO_1987,)}
