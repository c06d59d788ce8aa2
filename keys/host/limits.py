"""Every bound of the host port, with its unit and its reason. Reaching one has a tested effect."""

from typing import Final

FRAME_BYTES_MAX: Final = 32 * 1024
"""A message: 32,000 bytes of data to encipher, with all that goes before it. A longer one ends the connection."""

HEADER_BYTES_MAX: Final = 255
"""A message header that is echoed: as long as the devices that we stand in for can be configured to."""

TRAILER_BYTES_MAX: Final = 32
"""A message trailer: what the protocol allows."""

ECHO_BYTES_MAX: Final = 32_000
"""Data of a B2."""

DATA_BYTES_MAX: Final = 32_000
"""Data of an M0, M2, M6 or M8: in hexadecimal digits it still has a length of four digits, and its answer fits a frame."""

CONNECTIONS_MAX: Final = 256
"""At once: far more than a host has; one more is closed as soon as it is accepted."""

FRAMES_PER_TURN_MAX: Final = 64
"""Messages of one connection that are answered before another connection has its turn."""

READ_BYTES: Final = 64 * 1024
"""One read: two of the longest frames, so that nobody's pipelining fills our memory."""

FRAME_SECONDS_MAX: Final = 10
"""From a frame's first byte to its last: a peer that takes longer is broken, or means harm."""

SEND_SECONDS_MAX: Final = 30
"""Until a peer has taken its answers: one that does not read them is hung up on."""

IDLE_SECONDS_MAX: Final = 3600
"""Without a frame: hosts keep their connections open all day, and send a B2 or NC now and then."""

STOP_SECONDS_MAX: Final = 5
"""From SIGTERM until what was received is answered; then connections are closed as they are."""

BLOCKS_KEPT_MAX: Final = 1_024
"""Keys of key blocks that are kept unwrapped, with their ciphers. Past it all are dropped, and unwrapped again when used."""

TRIES_MAX: Final = 3
"""Wrong PINs for one card under one verification key, as cards and hosts commonly have it."""

LINES_BEFORE_COMPACTION: Final = 50_000
"""Lines of the counter file that later ones have overtaken, about: then it is written anew, in a fraction of a second."""

LINE_BYTES_MAX: Final = 4_096
"""One line of a counter or audit file; a longer one was not written by us."""

RATED_PAIRS_MAX: Final = 10_000
"""Callers times keys whose rate is remembered; the one longest unused is forgotten, when its allowance is full again."""

VERIFICATIONS_PER_SECOND: Final = 200
"""PINs and CVVs verified for one caller under one key: more than a busy issuer's busiest second."""

TRANSLATIONS_PER_SECOND: Final = 2_000
"""PIN blocks translated for one caller under one key."""
