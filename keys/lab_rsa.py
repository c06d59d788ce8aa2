"""The published RSA keys of the lab: a test authority, its issuer and a card, for offline data authentication.

Public and worthless like those of `lab`. Each prime is the first one from SHAKE-256("Pointsman lab key ", name, " p" or " q")
upwards, its two highest bits and its lowest set, that the public exponent goes with: nothing was chosen.
"""

from typing import Final

import msgspec

from keys.emv.certificates import AuthorityKey
from keys.emv.rsa import PrivateKey

LAB_RID: Final = bytes.fromhex("A000000999")  # Of no scheme.


class LabRsaKey(msgspec.Struct, frozen=True):
    """A lab key: its primes in hex, its public exponent, and what it is for."""

    p: str
    q: str
    exponent: int
    what: str


LAB_RSA_KEYS: Final[dict[str, LabRsaKey]] = {
    "test-ca.1408": LabRsaKey(
        p=(
            "D740241031E5A4FF4869277D750646EE6C656EABF1287D3C760D1EF0FE5E9B7490D42FCAD11C7C4B082A986DDB926849099F"
            "9609D101B36D46AD36EDF16B49D03C2DA078C7507AEA115DA6D4BED9F3C9883FADCC30658EE3"
        ),
        q=(
            "C4F4E9B79287F2BE72EB285935E2A6F4908FD90D19EE2AE51950ED71130CE07DC6A48F8FF79096DBA9018CBAD96BE41AE690"
            "4A68041BB52FB7A7038C5236988FB3A9E3889820D15447B8D6C975E9A5ACCAB9A07FF381035B"
        ),
        exponent=3,
        what="a test authority; its certificate of a shorter issuer key leaves a remainder",
    ),
    "test-ca.1984": LabRsaKey(
        p=(
            "F37E76C5B6641A2829D54C8F6E03BC6947F768098B11D3EC4FC4514EA57CEA564476C221A48CFEA8AFA6C705C37E07F06E75"
            "C434C65B0AC2FB105ABE97FF33342613FAB4269AD7C76E44630BDD67515DA566F50866E4FB45EAD4F97ABCD4ED88BE23FE5C"
            "84E1767B20373D76B750439ED089E7C2C9CD2E55D8729603"
        ),
        q=(
            "D1BE5D9F280C4032EB28C92B24EFA3F55C3F46E4D8EF880717DB37A4B49021A6AF60C76B61E163704F710A405AB6CF6664F6"
            "5A37746B6BA62375DA8EC1362BEF6136214F41C8D18DB471FDB4F1B794867FA9CC9C5336B7BA152099D2B316F1301BF19A17"
            "3096B0595A875D876070B4573EEE7765C4EB4AEE37F1717F"
        ),
        exponent=3,
        what="a test authority whose certificates have room for whole keys",
    ),
    "issuer.1152": LabRsaKey(
        p=(
            "C628584BBD22C874CCEE0F0E89D270FC35B6997ADA1AB56C3815D02073B0A5F57F194F217B8BA16F4B435C3557C0EC75A787"
            "3CB645DBB43C50AB63EAE2852E786C208182D5317FDF"
        ),
        q=(
            "F6CF6DEBDF2028AC0316FD29C246F50EC919A6620C806EDC1D0CFA6C7341F9760AE31A56E90682E36C192AE08C0D3E04CDF1"
            "2E240E3A6F11B5F26605C5C10188AF9110152704C987"
        ),
        exponent=3,
        what="the embedded issuer under the shorter authority",
    ),
    "issuer.1408": LabRsaKey(
        p=(
            "D4CE6A45D29C7FA1FF562FF56FECF61070D1E154CDDFE3E1E95D5ECA2AEA4BE9F4F33876B9797EF5DA906FEB9B407674F221"
            "C392993E55828962A962D2DCBB888B3AE7A914EEEA2DF75C3FB72AE76BEF505B541DD81E73E1"
        ),
        q=(
            "C65DE39B18CF8032DA3C723BD082B8C7770723DA3C11028F1FF9F4BFD79C5AF673FF2B81B47DAF653CC0BE873A35B3745639"
            "470863C089092184583FA7395F6861B9DCBA7BCCAE01EBF59D90B56EB520A8B077067194A4A1"
        ),
        exponent=65537,
        what="the embedded issuer under the longer authority",
    ),
    "icc.1024": LabRsaKey(
        p=(
            "D2E3F4C337ACA8AD9772468768EE5A933E6965111D20D5BF6670202D3C31969822F7A76EC002ACA809572CD6526E93C4AF95"
            "4BD6D55F631CEA72A13812B3856B"
        ),
        q=(
            "C05A1D20C7D7F0F0211F3CA2CDE1ECC741EF5F0BB5CBEB23F71E549268019BE5BCABCD82286717F934126BBF181129EC62BA"
            "ADAD26D612C4F7C546AB13AAA55D"
        ),
        exponent=3,
        what="a test card",
    ),
}

LAB_AUTHORITIES: Final = {0x01: "test-ca.1408", 0x02: "test-ca.1984"}  # Public key index -> name.


def lab_rsa_key(name: str) -> PrivateKey:
    """One lab key, ready to sign. The name is one of the table's."""
    row = LAB_RSA_KEYS[name]
    return PrivateKey(int(row.p, 16), int(row.q, 16), row.exponent)


def lab_authorities() -> tuple[AuthorityKey, ...]:
    """The test authority's public keys, as a terminal is loaded with them."""
    return tuple(AuthorityKey(LAB_RID, index, lab_rsa_key(name).public) for index, name in LAB_AUTHORITIES.items())
