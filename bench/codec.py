"""Our codec against pyiso8583 on the same messages in the same run: `python -m bench.codec`.

Six messages in characters and in packed digits; both sides must agree on every field before anything is timed. Our side reads
strictly, content classes included; pyiso8583 does not check those. A second table has the other Python codecs, if installed:
`pip install -e '.[bench]'`.
"""

import argparse

import iso8583

from bench.foreign import CODECS, Sample, measure
from bench.harness import Operation, best_times, print_table
from switch.wire import DIALECTS, Dialect, Reader, Splicer

_ICC = (
    "9F2608AABBCCDDEEFF00119F2701809F100706011203A000009F37041A2B3C4D9F36020001950508800000009A032611229C0100"
    "9F02060000000012505F2A020978820238009F1A0202769F3303E0F0C89F34034203009F3501225F340101"
)
_CARD = {2: "4761739001010119", 3: "000000", 4: "000000001250", 7: "1122110000", 11: "000123", 12: "120000", 13: "1122"}
_PARTIES = {32: "123456", 37: "632611000123", 41: "TERM0001", 42: "MERCHANT0000001", 49: "978"}
_REQUEST = _CARD | _PARTIES | {14: "2812", 18: "5411", 22: "051", 25: "00"}
_TRACK2 = "4761739001010119D28122010000012300000"

MESSAGES: dict[str, dict[int, str]] = {
    "0100": _REQUEST | {23: "001", 35: _TRACK2, 52: "0123456789ABCDEF", 55: _ICC, 64: "0011223344556677"},
    "0110": _CARD | _PARTIES | {38: "A1B2C3", 39: "00", 55: "910AAABBCCDDEEFF00113030", 64: "0011223344556677"},
    "0200": _REQUEST | {35: _TRACK2, 43: "POINTSMAN TEST SHOP      BERLIN       DE", 52: "0123456789ABCDEF"},
    "0210": _CARD | _PARTIES | {38: "A1B2C3", 39: "51"},
    "0420": _CARD | _PARTIES | {39: "68", 90: "0200" + "000123" + "1122110000" + "00000123456" + "0" * 11},
    "0800": {7: "1122110000", 11: "000124", 70: "301"},
}

# As the switch forwards: it makes its readers and splicers once.
_KEY = Reader(2, 3, 4, 7, 11, 37, 41, 49)
_STAN = Splicer(11)
_STAN_OUT = ("654321",)


def main() -> None:
    """Time all messages and print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args()
    rows = []
    means: dict[str, dict[str, float]] = {}
    for dialect in (DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]):
        sums = dict.fromkeys(_operations(dialect, "0800"), 0.0)
        for mti in MESSAGES:
            times = best_times(_operations(dialect, mti), rounds=options.rounds, calls=options.calls)
            rows.append(_row(f"{dialect.name} {mti}", times))
            sums = {name: sums[name] + time / len(MESSAGES) for name, time in times.items()}
        rows.append(_row(f"{dialect.name} mean", sums))
        means[dialect.name] = sums
    head = (
        "us per message",
        "decode",
        "full",
        "ours",
        "ratio",
        "encode",
        "ours",
        "ratio",
        "decode+encode",
        "index+8+splice",
        "ratio",
    )
    print_table(head, rows)
    text = DIALECTS["iso87-ascii"]
    print_table(("mean, characters", "decode", "ratio", "encode", "ratio"), _others(text, means[text.name], options))


def _others(dialect: Dialect, means: dict[str, float], options: argparse.Namespace) -> list[tuple[str, ...]]:
    """Rows of all codecs, with their ratios against pyiso8583."""
    samples = [Sample(mti, values, dialect.encode({"mti": mti, **values})) for mti, values in MESSAGES.items()]
    figures: dict[str, tuple[float, float] | None] = {
        "pyiso8583": (means["theirs decode"], means["theirs encode"]),
        "Pointsman": (means["full"], means["encode"]),
    }
    for name in CODECS:
        figures[name] = measure(name, samples, rounds=options.rounds, calls=options.calls)
    rows: list[tuple[str, ...]] = []
    for name, times in figures.items():
        if times is None:
            rows.append((name, "not installed", "", "", ""))
            continue
        decode, encode = (f"{time:.1f}" for time in times)
        ratios = [f"{means[key] / time:.1f}x" for key, time in zip(("theirs decode", "theirs encode"), times, strict=True)]
        rows.append((name, decode, ratios[0], encode, ratios[1]))
    return rows


def _operations(dialect: Dialect, mti: str) -> dict[str, Operation]:
    values: dict[int | str, str] = {"mti": mti}
    values.update(MESSAGES[mti].items())
    theirs = {"t": mti} | {str(de): value for de, value in MESSAGES[mti].items()}
    raw = dialect.encode(values)
    spec = dialect.spec
    _agree(dialect, raw, theirs)

    def forward() -> bytes:
        message = dialect.decode(raw)
        _KEY.read(message)
        return _STAN.splice(message, _STAN_OUT).raw

    def read_all() -> dict[int, str]:
        return dialect.decode(raw).values()

    return {
        "theirs decode": lambda: iso8583.decode(raw, spec),
        "theirs encode": lambda: iso8583.encode(theirs, spec),
        "index": lambda: dialect.decode(raw),
        "full": read_all,
        "encode": lambda: dialect.encode(values),
        "forward": forward,
    }


def _agree(dialect: Dialect, raw: bytes, theirs: dict[str, str]) -> None:
    decoded, _ = iso8583.decode(raw, dialect.spec)
    message = dialect.decode(raw)
    ours = {"t": message.mti} | {str(de): message[de] for de in message.fields}
    same = {key: value for key, value in decoded.items() if key not in ("p", "1")}
    if ours != same or bytes(iso8583.encode(dict(theirs), dialect.spec)[0]) != raw:
        raise SystemExit(f"{dialect.name}: the two codecs disagree")
    if _KEY.read(message) != tuple(theirs.get(str(de)) for de in _KEY.des):
        raise SystemExit(f"{dialect.name}: the reader disagrees")
    if _STAN.splice(message, _STAN_OUT).raw != bytes(iso8583.encode({**theirs, "11": _STAN_OUT[0]}, dialect.spec)[0]):
        raise SystemExit(f"{dialect.name}: the splicer disagrees")


def _row(name: str, times: dict[str, float]) -> tuple[str, ...]:
    both = times["theirs decode"] + times["theirs encode"]
    return (
        name,
        f"{times['theirs decode']:.1f}",
        f"{times['full']:.1f}",
        f"{times['index']:.1f}",
        f"{times['theirs decode'] / times['full']:.1f}x",
        f"{times['theirs encode']:.1f}",
        f"{times['encode']:.1f}",
        f"{times['theirs encode'] / times['encode']:.1f}x",
        f"{both:.1f}",
        f"{times['forward']:.1f}",
        f"{both / times['forward']:.1f}x",
    )


if __name__ == "__main__":
    main()
