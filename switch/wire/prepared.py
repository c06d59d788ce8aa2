"""Readings and splices that are made once and used for every message: the quick way through a switch.

What is kept here is which DEs are meant. How they lie in a message is kept with its layout, compiled at first use, so that a
`Reader` or `Splicer` serves all dialects. Both give what `Message` gives one by one; neither knows what a DE means.
"""

from collections.abc import Mapping

from switch.wire.message import Message


class Reader:
    """Reads some DEs at once.

    Args:
        des: the DEs, in the order in which their values are wanted.
    """

    __slots__ = ("des",)

    def __init__(self, *des: int) -> None:
        self.des = des

    def read(self, message: Message) -> tuple[str | None, ...]:
        """The values, None for each DE that the message does not have."""
        layout = message.layout
        read = layout.readers.get(self) or message.dialect.codec.make_reader(layout, self, self.des)
        if read is None:
            return tuple(message.get(de) for de in self.des)
        return read(message.raw, message.index or message.locate())

    def find(self, values: Mapping[int, str] | Message) -> tuple[str | None, ...]:
        """The same of whatever has values by DE: a message, or the plain ones of a message that speaks otherwise."""
        return self.read(values) if isinstance(values, Message) else tuple([values.get(de) for de in self.des])


class Splicer:
    """Sets some DEs and drops others; all other bytes are copied.

    Args:
        des: the DEs to set, whether or not a message has them, in the order in which their values are given.
        drop: DEs to leave out, none of them among `des`; one that a message does not have is no error.
    """

    __slots__ = ("des", "drop")

    def __init__(self, *des: int, drop: tuple[int, ...] = ()) -> None:
        assert not set(des) & set(drop), "a DE is both set and dropped"
        self.des = des
        self.drop = drop

    def splice(self, message: Message, values: tuple[str, ...], mti: str | None = None) -> Message:
        """The message with these values: what `Message.with_fields` gives.

        Args:
            mti: the new MTI, the same if None.

        Raises:
            EncodeError: when a value cannot be encoded.
        """
        if message.mode == "strict" and (mti is None or mti == message.mti):
            layout = message.layout
            splice = layout.splices.get(self) or message.dialect.codec.make_splice(layout, self, self.des, self.drop, Message)
            spliced = splice(message, values) if splice is not None else None
            if spliced is not None:
                return spliced
        return message.with_fields(dict(zip(self.des, values, strict=True)), mti=mti, drop=self.drop)
