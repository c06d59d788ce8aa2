"""Messages as bytes: ISO 8583 dialects, their exact codec, framing, and what may be shown of it.

The words of this package:

- a *dialect* is one network's form of ISO 8583; `DIALECTS` has ours, `Dialect.from_spec` makes one of a pyiso8583 dict;
- an *edition* (1987, 1993, 2003) is what dialects share: codes, *pictures* of which DEs a message must, may and must not have,
  and its *words* for values that are *plain* as 1987 has them; `translate` goes between messages, editions and the business;
- a *message* is raw bytes with an *index* of offsets: `message[11]` decodes DE 11, `with_fields` splices, `repr` is masked;
- an *element* is one DE of a dialect: length prefix, charset or packed digits, content class;
- a *layout* is what one bitmap makes of a dialect's elements; its compiled *scan* finds an index, `walk` finds the fault;
- a *framing* cuts a stream into messages and knows nothing of what is in them;
- *subfields* are what is inside of a DE, told by an *inner layout*; they never say where the DE ends;
- *strict* reading refuses bytes that would re-encode to other bytes, and content outside of its class; each refusal names the
  DE, the byte and a *rule*, which `rules` explains. *Lenient* reading takes what forgiving peers take, and makes a *finding* of
  each thing forgiven; *structure* judges no value. The switch reads strictly;
- `tlv` is BER-TLV as in DE 55; `redact` decides what a log may hold; `describe` puts a message into words.

Nothing here knows accounts, links or keys. Everything is synchronous and pure.
"""

from switch.wire.dialect import Dialect
from switch.wire.dialects.as2805 import AS2805
from switch.wire.dialects.base24 import BASE24
from switch.wire.dialects.gicc import GICC
from switch.wire.dialects.iso87_ascii import ISO87_ASCII
from switch.wire.dialects.iso87_ascii_binary import ISO87_ASCII_BINARY
from switch.wire.dialects.iso87_binary import ISO87_BINARY
from switch.wire.dialects.iso87_ebcdic import ISO87_EBCDIC
from switch.wire.dialects.iso93_ascii import ISO93_ASCII
from switch.wire.dialects.iso93_binary import ISO93_BINARY
from switch.wire.dialects.iso2003 import ISO2003
from switch.wire.dialects.mastercard_cis import MASTERCARD_CIS
from switch.wire.dialects.postilion import POSTILION
from switch.wire.dialects.unionpay_bcd import UNIONPAY_BCD
from switch.wire.dialects.visa_base1 import VISA_BASE1
from switch.wire.errors import DecodeError, EncodeError, FrameError, HexError, SpecError, TlvError, WireError
from switch.wire.framing import FRAMINGS, Frame, FrameBuffer, Framing
from switch.wire.message import Message
from switch.wire.prepared import Reader, Splicer

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        ISO87_ASCII,
        ISO87_BINARY,
        ISO87_ASCII_BINARY,
        ISO87_EBCDIC,
        ISO93_ASCII,
        ISO93_BINARY,
        ISO2003,
        UNIONPAY_BCD,
        VISA_BASE1,
        POSTILION,
        AS2805,
        BASE24,
        GICC,
        MASTERCARD_CIS,
    )
}
"""The dialects by name."""

__all__ = [
    "DIALECTS",
    "FRAMINGS",
    "DecodeError",
    "Dialect",
    "EncodeError",
    "Frame",
    "FrameBuffer",
    "FrameError",
    "Framing",
    "HexError",
    "Message",
    "Reader",
    "SpecError",
    "Splicer",
    "TlvError",
    "WireError",
]
