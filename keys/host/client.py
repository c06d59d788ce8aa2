"""One command sent to a host port, ours or anybody's, and its answer. For people at a shell; not for traffic."""

import trio

from keys.host.framing import FrameBuffer, FrameError, frame
from keys.host.limits import READ_BYTES, SEND_SECONDS_MAX


class NoAnswer(Exception):
    """The other side closed, kept silent, or answered with what is no frame."""


async def exchange(host: str, port: int, message: bytes) -> bytes:
    """The answer to a message.

    Raises:
        NoAnswer: there was none.
        OSError: there is nobody.
    """
    frames = FrameBuffer(message_bytes_min=1)
    with trio.move_on_after(SEND_SECONDS_MAX):
        async with await trio.open_tcp_stream(host, port) as stream:
            try:
                await stream.send_all(frame(message))
                while data := await stream.receive_some(READ_BYTES):
                    messages = frames.feed(data)
                    if messages:
                        return messages[0]
            except (trio.BrokenResourceError, FrameError) as error:
                raise NoAnswer(f"no answer: {error or 'the connection broke'}") from None
            raise NoAnswer("it closed the connection without an answer")
    raise NoAnswer(f"no answer within {SEND_SECONDS_MAX} seconds")
