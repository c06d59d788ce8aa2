"""The rules of strict reading: what each one says, why it exists, and what to do when a message breaks it.

An error carries the id of the rule that it found broken; this table is its explanation. Ids are never reused.
"""

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """One rule.

    Args:
        what: what must hold.
        why: why it is asked for.
        mend: what to look at when it is broken.
    """

    what: str
    why: str
    mend: str


_SPELLING = "Two spellings of one value would give one message two MACs."
_STREAM = "Without a true length nothing that follows can be found."
_CONTENT = "Systems further on would read the value differently, or fail on it."

RULES: dict[str, Rule] = {
    # Framing
    "FRM-LEN-01": Rule(
        "A frame holds at least one byte.", _STREAM, "Look for a peer that sends empty frames to keep the link alive."
    ),
    "FRM-LEN-02": Rule(
        "A frame is no longer than the limit.",
        "A false length would make us wait for bytes that never come.",
        "Compare the framings: byte order, whether the length counts itself, binary or digits; text here is often HTTP or TLS.",
    ),
    "FRM-LEN-03": Rule(
        "A length in digits is all digits.",
        _STREAM,
        "Compare the framings: the prefix may be binary, or a header stands first.",
    ),
    "FRM-STX-01": Rule(
        "A frame begins with its start byte.", _STREAM, "Look for bytes between frames, or a length prefix where none is meant."
    ),
    "FRM-END-01": Rule(
        "A frame ends with its end byte.", _STREAM, "Look whether the length counts the trailer, and whether one is sent."
    ),
    "FRM-HDR-01": Rule(
        "A framing with a header has a lawful one before each message.",
        "Who cannot be addressed cannot be answered, and a stream with one wrong header is of another kind.",
        "Compare the framings: TPDU, BASE I header or none; a BASE I header also states the length of the frame.",
    ),
    # Header, MTI, bitmap
    "HDR-ISO-01": Rule(
        "A header of the ISO kind is the letters ISO and then digits.",
        "It says who sent the message and how it fared; a message without it is of another dialect.",
        "Try another dialect, or look for bytes before the header.",
    ),
    "MTI-LEN-01": Rule(
        "A message begins with its whole MTI.", "Nothing can be told of a message without it.", "Look where the sender cuts."
    ),
    "MTI-CHR-01": Rule(
        "An MTI is four decimal digits.",
        "Version, class, function and origin are digits and nothing else.",
        "Try another dialect (ASCII, packed, EBCDIC), or look for a header or TPDU before the MTI.",
    ),
    "BMP-LEN-01": Rule(
        "All announced bitmaps are there.", "They say what follows.", "Look whether bit 1 is set without a secondary bitmap."
    ),
    "BMP-HEX-01": Rule(
        "A bitmap in text is upper-case hexadecimal.", _SPELLING, "Let the sender use 0 to 9 and A to F, without blanks."
    ),
    "BMP-EMP-01": Rule(
        "A further bitmap is only announced when it announces an element.",
        _SPELLING,
        "Let the sender clear bit 1 (or 65), or send an element above.",
    ),
    "BMP-FIX-01": Rule(
        "A bitmap of fixed size announces no third part.",
        "Nothing can follow sixteen bytes of bits.",
        "Look whether the sender's bitmap is announced part by part.",
    ),
    "BMP-FIX-02": Rule(
        "A bitmap of fixed size leaves bit 1 clear.", _SPELLING, "Look whether the sender's bitmap is announced part by part."
    ),
    # Lengths
    "FLD-UNK-01": Rule(
        "Every DE of the bitmap is known to the dialect.",
        "An unknown element has an unknown length and cannot be skipped.",
        "Add the DE to the dialect's spec, or look whether another dialect fits.",
    ),
    "FLD-LL-01": Rule(
        "A length prefix in text is all decimal digits.",
        "Signs, blanks, tabs and underscores pass many number parsers and mean something else in each.",
        "Look whether an earlier element is longer or shorter than the dialect says.",
    ),
    "FLD-LL-02": Rule(
        "A variable element that is present is not empty.", "To be absent there is the bitmap.", "Let the sender clear the bit."
    ),
    "FLD-LL-03": Rule(
        "A length is within the element's longest.",
        _CONTENT,
        "Look whether an earlier element is shifted, or the spec too tight.",
    ),
    "FLD-LL-04": Rule("A packed length prefix is decimal digits.", _SPELLING, "Look whether the sender's prefix is binary."),
    "FLD-LL-05": Rule("A length prefix is complete.", _STREAM, "The message is cut short, or an earlier element is shifted."),
    "FLD-LEN-03": Rule(
        "A length can be spelled in whole bytes.", _SPELLING, "Look for the filling digit that the sender's spec states."
    ),
    "FLD-END-01": Rule(
        "An element ends inside of the message.",
        _STREAM,
        "The message is cut short, or the prefix counts digits instead of bytes.",
    ),
    "FLD-PAD-01": Rule(
        "The filling digit of an odd count is the one stated.", _SPELLING, "Look on which side and with what the sender fills."
    ),
    "MSG-END-01": Rule(
        "Nothing follows the last element.",
        "Bytes that nobody reads are bytes that nobody checks.",
        "Compare bitmap and lengths.",
    ),
    # Content
    "FLD-N-01": Rule(
        "Class n is decimal digits.", _CONTENT, "Look at what the sender fills the element with: zeroes on the left are right."
    ),
    "FLD-A-01": Rule("Class a is letters and blanks.", _CONTENT, "Look at what the sender puts there."),
    "FLD-AN-01": Rule("Class an is letters, digits and blanks.", _CONTENT, "Look at what the sender puts there."),
    "FLD-NS-01": Rule("Class ns is digits and special characters.", _CONTENT, "Look at what the sender puts there."),
    "FLD-ANS-01": Rule(
        "Class ans is printable ASCII.",
        "Control characters steer terminals and forge log lines.",
        "Look for EBCDIC text, raw bytes, or another charset in the element.",
    ),
    "FLD-Z-01": Rule("Class z is track data: digits and = or D.", _CONTENT, "Leave out the sentinels ; and ? of the stripe."),
    "FLD-B-01": Rule(
        "Class b in text is upper-case hexadecimal.", _SPELLING, "Let the sender write hexadecimal digits in upper case."
    ),
    "FLD-XN-01": Rule("Class x+n is C or D and then digits.", _CONTENT, "Let the sender state credit or debit."),
    "FLD-BCD-01": Rule(
        "Packed digits are 0 to 9.", _SPELLING, "Look whether the sender fills with F, or the element is binary."
    ),
    "FLD-ENC-01": Rule(
        "A byte of text means one character of the charset, both ways.", _SPELLING, "Look whether the charset is another one."
    ),
    # Meaning
    "VAL-CUR-01": Rule("A currency is one of ISO 4217.", "Without its exponent an amount means nothing.", "Look at DE 49."),
    "VAL-DAT-01": Rule(
        "A date or time is one that can be.",
        "It cannot be set beside any other.",
        "Look at DE 7, 12, 13 and 14: UTC or local, MMDD or DDMM.",
    ),
    "VAL-PAN-01": Rule("A card number has 8 to 19 digits.", "ISO/IEC 7812-1 knows no others.", "Look at DE 2."),
    "VAL-TLV-01": Rule(
        "Chip data is canonical BER-TLV.", "What cannot be cut into tags cannot be verified.", "Look at DE 55 for filler bytes."
    ),
    "VAL-TRK-01": Rule(
        "A track 2 is number, separator, expiry, service code.", "ISO/IEC 7813 says so.", "Look at DE 35 for sentinels."
    ),
    "VAL-TRK-02": Rule(
        "DE 2 and DE 35 are of one card.", "Nobody can tell which one is meant.", "Send one of them, or both of one card."
    ),
    # Encoding
    "ENC-KEY-01": Rule('Keys are numbers of DEs, "mti" and "h".', "Any other key would be lost.", 'Write 11, not "11".'),
    "ENC-TYP-01": Rule("Values are text.", "A number has no leading zeroes.", 'Write "000123", not 123.'),
    "ENC-MTI-01": Rule(
        "A message has an MTI of four digits.", "Nothing can be told of a message without it.", 'Give it as "mti".'
    ),
    "ENC-HDR-01": Rule(
        "A header is given exactly when the dialect has one.", "It could not be read back.", 'Give it as "h", or leave it out.'
    ),
    "ENC-DE-01": Rule(
        "The dialect has the DE.", "Its length and form are unknown otherwise.", "Look whether another dialect is meant."
    ),
    "ENC-DE-02": Rule("DE 1 and DE 65 are not given.", "They follow from the elements present.", "Leave them out."),
    "ENC-DE-03": Rule("A DE is not set and dropped at once.", "Only one of both can be meant.", "Choose one."),
    "ENC-LEN-01": Rule(
        "A fixed element has its exact length.", "Nothing would say where it ends.", "Fill it: zeroes left, blanks right."
    ),
    "ENC-LEN-02": Rule(
        "A variable element has 1 character up to its longest.", "It could not be read back.", "Shorten it or leave it out."
    ),
    "ENC-LEN-03": Rule("Hexadecimal digits make whole bytes.", "Half a byte cannot be sent.", "Give an even number of digits."),
    "ENC-CHR-01": Rule("A value is of its content class.", _CONTENT, "Look at the class of the DE in the dialect."),
    "ENC-MAC-01": Rule(
        "A MAC is the last element.", "It covers what stands before it.", "Look whether the dialect has DE 64 and DE 128."
    ),
    "ENC-FRM-01": Rule("A frame holds 1 byte up to the limit.", "The peer would refuse it.", "Shorten the message."),
    "ENC-FRM-02": Rule(
        "A frame without a length holds no byte that starts or ends one.",
        "The peer would cut it there.",
        "Send raw bytes in a framing with a length.",
    ),
    # BER-TLV
    "TLV-TAG-01": Rule(
        "A tag has at most four bytes.", "EMV knows no longer ones.", "Look whether an earlier length is false."
    ),
    "TLV-TAG-02": Rule("A tag is complete.", _STREAM, "Look whether an earlier length is false."),
    "TLV-TAG-03": Rule("No filler bytes (00, FF) stand between objects.", _SPELLING, "Let the sender leave them out."),
    "TLV-TAG-04": Rule("A tag to encode is canonical upper-case hexadecimal.", _SPELLING, 'Write "9F26".'),
    "TLV-LEN-01": Rule("Lengths are definite.", "EMV allows no indefinite ones.", "Look whether the data is BER-TLV at all."),
    "TLV-LEN-02": Rule("Lengths are spelled as short as possible.", _SPELLING, "Let the sender write one byte below 80."),
    "TLV-LEN-03": Rule("An object ends inside of its parent.", _STREAM, "Look whether the data is cut short."),
    "TLV-LEN-04": Rule("A length is complete.", _STREAM, "Look whether the data is cut short."),
    "TLV-LEN-05": Rule("A value to encode fits a frame.", "It could not be sent.", "Shorten it."),
    "TLV-DEP-01": Rule(
        "Objects are not nested deeper than the limit.",
        "Depth costs memory that an attacker does not pay.",
        "Look at the sender.",
    ),
    "TLV-CNT-01": Rule(
        "There are no more objects than the limit.", "Number costs time that an attacker does not pay.", "Look at the sender."
    ),
    "TLV-DUP-01": Rule("A tag comes once.", "Two readers would take two different values.", "Let the sender leave one out."),
    # Subfields
    "SUB-CHR-01": Rule(
        "The characters of a DE spell the bytes that its layout speaks of.",
        "What cannot be turned into bytes cannot be cut into parts.",
        "Look whether the element is hexadecimal text, and whether the layout is the right one.",
    ),
    "SUB-CNT-01": Rule(
        "A DE has no more subfields than the limit.", "Number costs time that an attacker does not pay.", "Look at the sender."
    ),
    "SUB-END-01": Rule(
        "A subfield ends inside of what it lies in.",
        "Without a true length nothing that follows can be found.",
        "The element is cut short, or a subfield before it is shifted.",
    ),
    "SUB-END-02": Rule(
        "Nothing follows the last subfield.",
        "Bytes that nobody reads are bytes that nobody checks.",
        "Compare the element with the layout that the dialect has of it.",
    ),
    "SUB-LEN-01": Rule("Tag and length of a subfield are complete.", _STREAM, "Look whether the element is cut short."),
    "SUB-LEN-02": Rule(
        "A data set is not empty.", "To be absent there is no need to be announced.", "Let the sender leave it out."
    ),
    "SUB-LEN-03": Rule("A subfield is no longer than its longest.", _CONTENT, "Look whether the layout is too tight."),
    "SUB-LEN-04": Rule(
        "The length of a subfield is spelled as its layout says.",
        _SPELLING,
        "Look whether it is in digits, packed or binary, and whether it counts the tag.",
    ),
    "SUB-TAG-01": Rule(
        "Tags, identifiers and what stands before them are such as the layout has.",
        "What begins wrongly is not what it seems to be.",
        "Look whether a subfield before it is shifted.",
    ),
    "SUB-UNK-01": Rule(
        "Every subfield without a length of its own is known to the layout.",
        "An unknown one has an unknown length and cannot be skipped.",
        "Add it to the layout.",
    ),
    "SUB-KEY-01": Rule("Values to write have keys that the layout has.", "They would be lost.", "Look at dialect show."),
    "SUB-KEY-02": Rule(
        "Values to write have all that the layout cannot do without.", "What follows would be shifted.", "Add the value."
    ),
    # Specs and input
    "SPC-KEY-01": Rule('A spec has "h", "t", "p" and "1".', "No message can be read without them.", "Add the element."),
    "SPC-KEY-02": Rule(
        'A spec has no other elements than "h", "t", "p" and "1" to "192".', "They would never be read.", "Leave it out."
    ),
    "SPC-TYP-01": Rule(
        "Each key of an element has its type.", "It is the format of pyiso8583.", "Look at pyiso8583's specs for an example."
    ),
    "SPC-VAL-01": Rule(
        "Each key of an element has a usable value.",
        "It is the format of pyiso8583.",
        "Look at pyiso8583's specs for an example.",
    ),
    "SPC-ENC-01": Rule(
        "A charset spells each character as one byte.", "Only so is each spelling the only one.", "Use ascii, latin-1 or cp500."
    ),
    "SPC-CNT-01": Rule(
        "A content class is one that we know.", "It could not be checked.", "Use n, a, an, ns, ans, z, b or x+n."
    ),
    "SPC-SUB-01": Rule(
        "A layout of subfields can be read by.",
        "It would refuse whatever is sent.",
        "Look at docs/subfields.md for an example of its kind.",
    ),
    "SPC-FIL-01": Rule(
        "A dialect file is TOML of the words that docs/importing.md names.",
        "A misspelt word would be lost.",
        "Start from one that dialect import wrote.",
    ),
    "SPC-FIL-02": Rule(
        "A spec to import is of a kind that we read.",
        "Guessing would make a wrong dialect.",
        "Look at pointsman dialect import --help.",
    ),
    "SPC-FIL-03": Rule(
        "MTI and bitmap have an equal here.", "No message can be read without them.", "Write the dialect file by hand."
    ),
    "SPC-XML-01": Rule(
        "XML is well-formed and has no entities of its own.", "They can make any amount of text of a few lines.", "Remove them."
    ),
    "HEX-CHR-01": Rule(
        "Hexadecimal text holds digits, blanks, commas, colons and 0x.", "Guessing would change bytes.", "Remove the character."
    ),
    "HEX-ODD-01": Rule(
        "Each group of digits is a whole number of bytes.", "Guessing would shift bytes.", "Look for a lost digit."
    ),
    "HEX-LEN-01": Rule("Hexadecimal text is no longer than the limit.", "It is one message.", "Split it."),
    "HEX-LEN-02": Rule("Hexadecimal text holds at least one byte.", "There is nothing to read.", "Look at what was pasted."),
    "HEX-OFF-01": Rule(
        "Each line of a hex dump begins where the line before it ends.",
        "A line that was lost in copying would shift bytes.",
        "Copy the dump again, with its offsets.",
    ),
    "HEX-NUM-01": Rule(
        "Each item of an array is one byte: -128 to 255.", "Guessing would change bytes.", "Look for names, or for wider types."
    ),
    "HEX-LIT-01": Rule(
        "A Python literal holds bytes.", "Text has no bytes of its own.", 'Paste it as Python prints it: b"...".'
    ),
    "HEX-BAS-01": Rule(
        "Base64 is complete and canonical.", _SPELLING, "Look whether characters were lost at the end of the text."
    ),
    # Captures
    "CAP-MAG-01": Rule(
        "A capture begins as pcap or pcapng does.",
        "Nothing else says how to read it.",
        "Save it as pcap or pcapng, not compressed.",
    ),
    "CAP-LEN-01": Rule(
        "Every packet and block of a capture is complete.",
        _STREAM,
        "The capture was cut short; what stands before the place was read.",
    ),
    "CAP-LEN-02": Rule(
        "A capture is within the limits.", "It is read whole into memory.", "Cut it by time, port or host first."
    ),
    "CAP-LNK-01": Rule(
        "The link type of a capture is Ethernet, Linux cooked, raw IP or loopback.",
        "The place of the addresses is not known for others.",
        "Capture on another interface, or convert the file.",
    ),
}
"""All rules by id."""


def explain(rule: str) -> str:
    """One sentence each of what the rule says, why, and how to mend a message that breaks it."""
    entry = RULES[rule]
    return f"{rule}: {entry.what} {entry.why} {entry.mend}"


def print_rules() -> str:
    """The page of all rules, docs/rules.md, as Markdown."""
    lines = ["# Rules of reading and writing", "", "Each refusal and each finding names one of them. Ids are never reused.", ""]
    lines += ["| rule | what must hold | why | what to look at |", "|---|---|---|---|"]
    lines += [f"| {name} | {rule.what} | {rule.why} | {rule.mend} |" for name, rule in sorted(RULES.items())]
    return "\n".join(lines) + "\n"
