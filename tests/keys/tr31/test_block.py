"""Proves that a key block gives its key only unchanged, and that wrapping hides the key and its length."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Aes, Tdes
from keys.errors import KeyBlockError
from keys.mac import cbc_mac
from keys.material import Algorithm, Exportability, KeyUsage, Mode
from keys.sensitive import Secret
from keys.tr31.block import METHODS, Protection, Unwrapped, derive_protection, unwrap, wrap
from keys.tr31.header import Header, OptionalBlock, Version, print_header

# What may stand in one place of a block: all that a header or hex digits use, and neighbours that are in neither.
ALTERNATIVES = "0123456789ABCDEFGKMNPSTXYZabcdef -"
WRAPPED = [version for version in Version if not METHODS[version].legacy]

kbpk_sizes = {Tdes: (16, 24), Aes: (16, 24, 32)}
key_sizes = {Algorithm.TDES: (8, 16, 24), Algorithm.AES: (16, 24, 32), Algorithm.HMAC: (1, 20, 64), Algorithm.RSA: (300,)}


@st.composite
def wrappings(draw, versions=WRAPPED):
    """A header, a KBPK and a key that belong together."""
    version, algorithm = draw(st.sampled_from(versions)), draw(st.sampled_from(sorted(key_sizes, key=lambda each: each.value)))
    kbpk_size = draw(st.sampled_from(kbpk_sizes[METHODS[version].cipher]))
    key_size = draw(st.sampled_from(key_sizes[algorithm]))
    header = Header(
        version=version,
        usage=draw(st.sampled_from(KeyUsage)),
        algorithm=algorithm,
        mode=draw(st.sampled_from(Mode)),
        exportability=draw(st.sampled_from(Exportability)),
        blocks=draw(st.sampled_from([(), (OptionalBlock("KS", "00604B120F9292800000"),), (OptionalBlock("LB", "x"),)])),
    )
    kbpk = Secret(draw(st.binary(min_size=kbpk_size, max_size=kbpk_size)))
    return header, kbpk, Secret(draw(st.binary(min_size=key_size, max_size=key_size)))


def valid_blocks(vectors):
    return [vector["params"] | {"id": vector["id"]} for vector in vectors if vector["op"] == "tr31_unwrap"]


def opened(protection, text):
    try:
        return unwrap(protection, text, legacy=True)
    except KeyBlockError:
        return None


def changed_characters_that_open(protection, block):
    """How many changes were tried, and the places and characters of those that were not refused."""
    changes = [(place, wrong) for place, right in enumerate(block) for wrong in ALTERNATIVES.replace(right, "")]
    opening = [(at, wrong) for at, wrong in changes if opened(protection, block[:at] + wrong + block[at + 1 :])]
    return len(changes), opening


def test_every_single_changed_character_is_refused(vectors):
    """Each valid block of the vectors, each place in it, each alternative there: refused, always (R18)."""
    tried = 0
    for params in valid_blocks(vectors):
        block = params["key_block"]
        protection = Protection(Secret(bytes.fromhex(params["kbpk"])), Version(block[0]))
        assert opened(protection, block) is not None
        count, opening = changed_characters_that_open(protection, block)
        assert opening == [], params["id"]
        tried += count
    assert tried > 40_000


@pytest.mark.parametrize("version", WRAPPED)
def test_every_changed_character_of_optional_blocks_is_refused(version):
    """The same of blocks of ours that have optional blocks of both kinds of length, and padding."""
    header = msgspec.structs.replace(
        plain_header(version), blocks=(OptionalBlock("KS", "00604B120F9292800000"), OptionalBlock("CT", "00" + "A" * 260))
    )
    protection = Protection(KBPK, version)
    block = wrap(protection, header, Secret(bytes(range(16))), fill=bytes)
    assert opened(protection, block) is not None
    assert changed_characters_that_open(protection, block)[1] == []


def test_no_other_version_opens_a_block(vectors):
    """The first character changed, and the protection made for whatever it says: refused for every printable one."""
    for params in valid_blocks(vectors):
        kbpk, block = Secret(bytes.fromhex(params["kbpk"])), params["key_block"]
        for wrong in map(chr, range(32, 127)):
            assert wrong == block[0] or opened(kbpk, wrong + block[1:]) is None, (params["id"], wrong)


def test_characters_lost_or_added_are_refused(vectors):
    """A block without one of its characters, or with one more, whether or not the length says so."""
    for params in valid_blocks(vectors):
        kbpk, block = Secret(bytes.fromhex(params["kbpk"])), params["key_block"]
        for place in range(len(block)):
            for changed in (block[:place] + block[place + 1 :], block[:place] + "0" + block[place:]):
                assert opened(kbpk, changed) is None
                assert opened(kbpk, f"{changed[0]}{len(changed):04}{changed[5:]}") is None


@given(wrappings())
def test_what_is_wrapped_is_unwrapped(wrapping):
    """Key and header come back, from a KBPK and from what was kept of it."""
    header, kbpk, key = wrapping
    block = wrap(kbpk, header, key, fill=bytes)
    assert unwrap(kbpk, block) == Unwrapped(header, key)
    kept = Protection(kbpk, header.version)
    assert wrap(kept, header, key, fill=bytes) == block
    assert unwrap(kept, block) == Unwrapped(header, key)


@given(wrappings(), st.binary(min_size=16, max_size=16))
def test_another_protection_key_is_refused(wrapping, other):
    """A block under one KBPK says nothing under another."""
    header, kbpk, key = wrapping
    block = wrap(kbpk, header, key, fill=bytes)
    if Secret(other) != kbpk:
        with pytest.raises(KeyBlockError, match="MAC is wrong"):
            unwrap(Secret(other), block)


@pytest.mark.parametrize("version", WRAPPED)
@pytest.mark.parametrize("algorithm", [Algorithm.TDES, Algorithm.AES])
def test_the_keys_length_does_not_show(version, algorithm):
    """Keys of every size of an algorithm have blocks of one length."""
    header = plain_header(version, algorithm=algorithm)
    blocks = [wrap(Secret(bytes(range(16))), header, Secret(bytes(size)), fill=bytes) for size in key_sizes[algorithm]]
    assert len({len(block) for block in blocks}) == 1


def test_fresh_fill_gives_another_block():
    """The same key twice has two blocks, when the random bytes differ; the fill is as long as it was asked for."""
    header = plain_header(Version.D)
    asked = []

    def fill(count):
        asked.append(count)
        return bytes((len(asked),)) * count

    kbpk, key = Secret(bytes(range(32))), Secret(bytes(range(16)))
    assert wrap(kbpk, header, key, fill=fill) != wrap(kbpk, header, key, fill=fill)
    assert asked == [14, 14]
    wrap(kbpk, header, key, fill=fill, field_bytes_min=100)
    assert asked[-1] == 112 - 2 - 16


@pytest.mark.parametrize("version", ["A", "C"])
def test_versions_of_the_past_are_read_when_asked_for(version, vectors):
    """A and C are refused without the flag, before anything of them is opened, and never made."""
    params = next(params for params in valid_blocks(vectors) if params["key_block"][0] == version)
    kbpk = Secret(bytes.fromhex(params["kbpk"]))
    assert unwrap(kbpk, params["key_block"], legacy=True)
    with pytest.raises(KeyBlockError, match="of the past"):
        unwrap(kbpk, params["key_block"])
    with pytest.raises(KeyBlockError, match="is made"):
        wrap(kbpk, plain_header(Version(version)), Secret(bytes(16)), fill=bytes)


def plain_header(version, algorithm=Algorithm.TDES):
    return Header(
        version=version,
        usage=KeyUsage.PIN_ENCRYPTION,
        algorithm=algorithm,
        mode=Mode.ENCRYPT_AND_DECRYPT,
        exportability=Exportability.EXPORTABLE,
    )


def forged(version, head, field):
    """A block with a right MAC over whatever is given, as only the owner of the KBPK could make it."""
    kept = Protection(KBPK, version)
    if version in (Version.A, Version.C):
        ciphertext = kept.encryption.encrypt_cbc(head[:8].encode(), field)
        return head + (ciphertext + cbc_mac(kept.mac, head.encode() + ciphertext, length=4)).hex().upper()
    mac = kept.mac.cmac(head.encode() + field)
    return head + (kept.encryption.encrypt_cbc(mac, field) + mac).hex().upper()


KBPK = Secret(bytes(range(16)))


@pytest.mark.parametrize("version", [Version.A, Version.B, Version.C, Version.D])
@pytest.mark.parametrize("bits", [0, 1, 7, 56, 100, 127, 129, 136, 256, 0xFFFF, 0xFF80])
def test_an_authentic_block_with_an_unlawful_length_is_refused(version, bits):
    """The length in bits is of whole bytes, fits, and is one that a key of the algorithm has."""
    for algorithm in (Algorithm.TDES, Algorithm.AES):
        multiple = METHODS[version].field_multiple
        field = bits.to_bytes(2, "big") + bytes(16) + bytes(-18 % multiple)
        payload = 2 * (len(field) + METHODS[version].mac_bytes)
        head = print_header(plain_header(version, algorithm), payload_characters=payload, multiple=multiple)
        with pytest.raises(KeyBlockError, match="length"):
            unwrap(KBPK, forged(version, head, field), legacy=True)
        assert unwrap(KBPK, forged(version, head, b"\x00\x80" + field[2:]), legacy=True).key == Secret(bytes(16))


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("B0080Z9TN00N0000", "KeyUsage"),
        ("B0088P0TN00N0100ZZ08ABCD", "not known"),
        ("B0086P0TN00N0100HM0621", "multiple of 8"),
    ],
)
def test_an_authentic_block_with_unknown_attributes_is_refused(head, why):
    """What a right MAC covers is still not believed when it is not understood."""
    with pytest.raises(KeyBlockError, match=why):
        unwrap(KBPK, forged(Version.B, head, b"\x00\x80" + bytes(22)))


def test_nothing_is_said_of_attributes_before_the_mac_was_right():
    """An unknown usage under a wrong MAC is a wrong MAC: the header is not read before."""
    block = forged(Version.B, "B0080Z9TN00N0000", b"\x00\x80" + bytes(22))
    with pytest.raises(KeyBlockError, match="MAC is wrong"):
        unwrap(Secret(bytes(16)), block)


@pytest.mark.parametrize(
    ("version", "size"), [(Version.B, 8), (Version.B, 32), (Version.A, 8), (Version.D, 8), (Version.E, 20)]
)
def test_protection_keys_have_their_ciphers_sizes(version, size):
    """Single DES protects nothing."""
    with pytest.raises(KeyBlockError, match=f"not {size}"):
        derive_protection(Secret(bytes(size)), version)


def test_a_kept_protection_is_of_one_version():
    """What was kept for D does not open B."""
    with pytest.raises(KeyBlockError, match="not for a protection of version D"):
        unwrap(Protection(KBPK, Version.D), wrap(KBPK, plain_header(Version.B), Secret(bytes(16)), fill=bytes))


@pytest.mark.parametrize(
    ("algorithm", "size"), [(Algorithm.TDES, 15), (Algorithm.AES, 8), (Algorithm.DEA, 16), (Algorithm.HMAC, 0)]
)
def test_keys_that_do_not_exist_are_not_wrapped(algorithm, size):
    """A size that the algorithm does not have, and no key at all."""
    with pytest.raises(KeyBlockError, match="no such key"):
        wrap(KBPK, plain_header(Version.D, algorithm), Secret(bytes(size)), fill=bytes)


def test_a_key_that_is_too_long_is_not_wrapped():
    """A length has four digits."""
    with pytest.raises(KeyBlockError, match="at most 9999"):
        wrap(KBPK, plain_header(Version.D, Algorithm.RSA), Secret(bytes(5_000)), fill=bytes)


def test_a_refused_block_shows_no_key(vectors, locals_of):
    """Neither text nor traceback with locals has the KBPK, a derived key or the deciphered field (R8)."""
    for params in valid_blocks(vectors):
        kbpk, block = Secret(bytes.fromhex(params["kbpk"])), params["key_block"]
        last = "0" if block[-1] != "0" else "1"
        with pytest.raises(KeyBlockError) as caught:
            unwrap(kbpk, block[:-1] + last, legacy=True)
        shown = locals_of(caught.value).upper()
        hidden = [kbpk, unwrap(kbpk, block, legacy=True).key, *derive_protection(kbpk, Version(block[0]))]
        for secret in hidden:
            assert secret.expose().hex().upper() not in shown
            assert repr(secret.expose())[2:-1].upper() not in shown
