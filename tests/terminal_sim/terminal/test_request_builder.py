from keys.sensitive import Pan, Secret
from switch.wire import DIALECTS
from terminal_sim.terminal import DEFAULT, Entry, TransactionKind, Verification
from terminal_sim.terminal.card_data import CardData
from terminal_sim.terminal.records import AdviceOwed, Attempt, Cause
from terminal_sim.terminal.request_builder import (
    ENTRY_MODES,
    MTIS,
    REVERSAL_REASONS,
    About,
    Holder,
    original_data,
    payment_fields,
    reversal_fields,
)

NOW_MS = 1_772_366_400_000
"""2026-03-01 12:00 UTC."""

ATTEMPT = Attempt(
    terminal_id="TERM0001",
    stan="000007",
    transmitted="0301120000",
    mti="0200",
    kind=TransactionKind.PURCHASE,
    minor=1_250,
    currency="978",
    entry="chip",
    entry_mode="051",
    local_time="130000",
    local_date="0301",
    rrn="606012000007",
    masked_pan="476173******0119",
    vault=b"",
)

CARD = CardData(
    entry=Entry.CHIP,
    pan=Pan("4761739001010119"),
    expiry="3112",
    track2=Secret(b"4761739001010119=3112201"),
    verification=Verification.ONLINE_PIN,
    sequence="01",
    icc=(("9F36", b"\x00\x01"), ("95", bytes(5))),
    atc=1,
)


def test_a_chip_purchase_has_these_fields() -> None:
    """Every DE of an 0200, spelled out."""
    assert payment_fields(DEFAULT, ATTEMPT, CARD, bytes.fromhex("0123456789ABCDEF")) == {
        "t": "0200",
        "2": "4761739001010119",
        "3": "000000",
        "4": "000000001250",
        "7": "0301120000",
        "11": "000007",
        "12": "130000",
        "13": "0301",
        "14": "3112",
        "22": "051",
        "23": "001",
        "25": "00",
        "35": "4761739001010119=3112201",
        "37": "606012000007",
        "41": "TERM0001",
        "42": "MERCHANT0000001",
        "49": "978",
        "52": "0123456789ABCDEF",
        "55": "9F360200019505" + "00" * 5,
    }


def test_original_data_has_the_five_parts_of_de_90() -> None:
    """n 42: MTI, STAN, DE 7, and two institutions of eleven digits, of which a terminal names none."""
    data = original_data(DIALECTS["iso87-ascii"], ATTEMPT, NOW_MS)["90"]
    assert (data[:4], data[4:10], data[10:20], data[20:31], data[31:]) == ("0200", "000007", "0301120000", "0" * 11, "0" * 11)


def test_a_reversal_without_its_receipt_and_number_still_names_its_original() -> None:
    """After a power cut nothing but the attempt may be left: DE 90 and the reason are enough."""
    advice = AdviceOwed(ATTEMPT.key, "0420", "000008", "0301120031", Cause.RESTART)
    named = original_data(DIALECTS["iso87-ascii"], ATTEMPT, NOW_MS)
    fields = reversal_fields(DEFAULT, advice, About(ATTEMPT, None, named), None)
    assert (fields["t"], fields["11"], fields["7"], fields["39"]) == ("0420", "000008", "0301120031", "22")
    assert (fields["12"], fields["37"], fields["90"]) == ("130000", "606012000007", named["90"])
    assert not {"2", "14", "35", "38", "52", "55"} & fields.keys()


def test_every_kind_entry_and_cause_has_its_code() -> None:
    """The tables leave nothing out."""
    assert list(MTIS) == list(TransactionKind)
    assert list(ENTRY_MODES) == list(Entry)
    assert list(REVERSAL_REASONS) == list(Cause)


def test_the_number_in_clear_prints_masked() -> None:
    """What a vault holds never shows in a repr."""
    assert repr(Holder("4761739001010119", "3112", "01")) == "Holder(476173******0119)"
