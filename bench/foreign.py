"""Other Python codecs on the bench's messages, each in a process of its own: `python -m bench.foreign NAME`, messages on stdin.

iso8583sim is AGPL: nothing of Pointsman imports it but this program, which ends with its figures. Messages are in characters
only: the packed spec of py8583 spells DE 49 and others otherwise than ours, and iso8583sim speaks text.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from bench.harness import best_times

Values = Mapping[int, str]


class Sample(NamedTuple):
    """One message: MTI, values by DE, and bytes."""

    mti: str
    values: dict[int, str]
    raw: bytes


class Codec(Protocol):
    """What a foreign codec must do."""

    def decode(self, raw: bytes) -> Any:
        """The message, as the codec has it."""

    def encode(self, mti: str, values: Values) -> bytes:
        """The bytes of a message."""

    def spelled(self, decoded: Any, sample: Sample) -> dict[int, str]:
        """The values of a decoded message, as the bench spells them."""


class Py8583:
    """py8583 1.3 (LGPL). It has numbers as ints, and writes a bitmap in small letters."""

    def __init__(self) -> None:
        from py8583.py8583 import Iso8583
        from py8583.py8583spec import IsoSpec1987ASCII

        self._make, self._spec = Iso8583, IsoSpec1987ASCII()
        for de, length in ((35, 37), (52, 16), (64, 16)):
            # In characters it fills an odd track, and builds no hexadecimal text; as plain text it reads and writes all three.
            self._spec.ContentType(de, "ans")
            self._spec.MaxLength(de, length)

    def decode(self, raw: bytes) -> Any:
        return self._make(raw, self._spec)

    def encode(self, mti: str, values: Values) -> bytes:
        message = self._make(None, self._spec)
        message.MTI(mti)
        for de, value in values.items():
            message.FieldData(de, int(value) if self._spec.ContentType(de) == "n" else value)
            message.Field(de, 1)
        return bytes(message.BuildIso()).upper()

    def spelled(self, decoded: Any, sample: Sample) -> dict[int, str]:
        return {de: str(decoded.FieldData(de)).zfill(len(value)) for de, value in sample.values.items()}


class Iso8583Sim:
    """iso8583sim (AGPL), with its compiled parts where its wheel has them. Its messages are text."""

    def __init__(self) -> None:
        from iso8583sim.core.builder import ISO8583Builder
        from iso8583sim.core.parser import ISO8583Parser
        from iso8583sim.core.types import ISO8583Message

        self._parse, self._build, self._make = ISO8583Parser().parse, ISO8583Builder().build, ISO8583Message

    def decode(self, raw: bytes) -> Any:
        return self._parse(raw.decode("ascii"))

    def encode(self, mti: str, values: Values) -> bytes:
        text: str = self._build(self._make(mti=mti, fields=dict(values)))
        return text.encode("ascii")

    def spelled(self, decoded: Any, sample: Sample) -> dict[int, str]:
        return {de: value for de, value in decoded.fields.items() if de}


CODECS: dict[str, Callable[[], Codec]] = {"py8583": Py8583, "iso8583sim": Iso8583Sim}
"""By the name under which they are installed."""


def measure(name: str, samples: list[Sample], *, rounds: int, calls: int) -> tuple[float, float] | None:
    """Mean microseconds of decoding and of encoding, None when the codec is not installed.

    Raises:
        SystemExit: when it reads or writes a message otherwise than we do.
    """
    if importlib.util.find_spec(name) is None:
        return None
    asked = {"rounds": rounds, "calls": calls, "samples": [(mti, values, raw.hex()) for mti, values, raw in samples]}
    done = subprocess.run(
        [sys.executable, "-m", "bench.foreign", name], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr.strip() or 'it failed'}")
    decode, encode = json.loads(done.stdout)
    return decode, encode


def main() -> None:
    """Time one codec, and print what `measure` reads."""
    name, asked = sys.argv[1], json.load(sys.stdin)
    codec = CODECS[name]()
    decode = encode = 0.0
    for mti, values, raw in asked["samples"]:
        sample = Sample(mti, {int(de): value for de, value in values.items()}, bytes.fromhex(raw))
        if codec.spelled(codec.decode(sample.raw), sample) != sample.values:
            raise SystemExit(f"it reads the {mti} otherwise")
        if codec.encode(mti, sample.values) != sample.raw:
            raise SystemExit(f"it writes the {mti} otherwise")
        operations = {
            "decode": lambda sample=sample: codec.decode(sample.raw),
            "encode": lambda sample=sample: codec.encode(sample.mti, sample.values),
        }
        times = best_times(operations, rounds=asked["rounds"], calls=asked["calls"])
        decode, encode = decode + times["decode"], encode + times["encode"]
    count = len(asked["samples"])
    print(json.dumps([decode / count, encode / count]))  # noqa: T201  The figures are this program's answer.


if __name__ == "__main__":
    main()
