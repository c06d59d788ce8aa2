"""Keys generated, formed, imported, exported, described, put out of use and deleted. No clear key goes in or out.

Components are the one exception, and each of them is only a part. What a key is for is settled when it is made or stands
in the key block that it comes in; nothing here changes it afterwards.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from keys.ciphers import AES_BLOCK_BYTES, TDES_BLOCK_BYTES, Aes, Tdes, kcv_aes_ecb_zero
from keys.components import COMPONENTS_MIN, Component, join
from keys.errors import KeyBlockError, KeyNotFound, KeyStateError, KeyUsageError
from keys.hsm.core import Core, check_use
from keys.material import KEY_BYTES, Algorithm, Exportability, Key, KeyUsage, Mode, check_value
from keys.pinblock import PinBlockFormat
from keys.policy import EXPORTABILITIES, Operation, check_pin_format, check_state
from keys.sensitive import Secret, constant_time_equal, constant_time_equal_text
from keys.terms import DEFAULT_TERMS, TRANSITIONS, KeyState, Permission, Terms
from keys.tr31.block import Unwrapped, unwrap, wrap
from keys.tr31.header import Header, OptionalBlock, Version

DRAWS_MAX: Final = 16  # A weak key comes once in 2 to the 50 draws: as many in a row are no chance, but a broken source.
_TDES_STRENGTH: Final = {8: 56, 16: 80, 24: 112}  # Bits, NIST SP 800-57 part 1 table 2.
_HMAC_STRENGTH_MAX: Final = 256


class Contribution(msgspec.Struct, frozen=True):
    """A component, and who brought it."""

    custodian: str
    component: Component


class KeyDescription(msgspec.Struct, frozen=True):
    """All that may be known of a key."""

    name: str
    usage: KeyUsage
    algorithm: Algorithm
    bits: int
    mode: Mode
    exportability: Exportability
    state: KeyState
    kcv: str
    terms: Terms


class KeyManagement(Core):
    """The life of keys. All but the first two take a keystore that can be written, and are audited when they are done."""

    def describe_key(self, name: str) -> KeyDescription:
        """A key's attributes and check value, whatever its state."""
        with self._watch(Operation.DESCRIBE_KEY, name):
            return _describe(self._find(name).key)

    def check_key(self, name: str, uses: Iterable[tuple[Operation, str]], *, pin_format: PinBlockFormat | None = None) -> None:
        """Nothing, if a key may be used in all of these roles of operations; else KeysError. It counts as no use.

        Args:
            name: of the key.
            uses: operations, each with a role that keys have in it.
            pin_format: that PIN blocks under it are to have.
        """
        with self._watch(Operation.DESCRIBE_KEY, name):
            key = self._find(name).key
            for operation, role in uses:
                check_use(operation, role, key)
            if pin_format is not None:
                check_pin_format(key, key.algorithm, pin_format)

    def generate_key(
        self,
        name: str,
        usage: KeyUsage,
        *,
        algorithm: Algorithm = Algorithm.TDES,
        size: int = 16,
        mode: Mode = Mode.ANY,
        exportability: Exportability = Exportability.NON_EXPORTABLE,
        state: KeyState = KeyState.ACTIVE,
        terms: Terms = DEFAULT_TERMS,
    ) -> KeyDescription:
        """A new random key of so many bytes. Weak ones are drawn again, and its terms cannot permit them."""
        with self._watch(Operation.GENERATE_KEY, name):
            _check_new_terms(name, usage, terms)
            if size not in KEY_BYTES.get(algorithm, ()):
                raise KeyBlockError(f"key {name!r}: no key of {algorithm.name} has {size} bytes")
            for draw in range(DRAWS_MAX):
                try:
                    key = Key.make(
                        name,
                        usage,
                        self._entropy.draw(size),
                        algorithm=algorithm,
                        mode=mode,
                        exportability=exportability,
                        state=state,
                        terms=terms,
                    )
                    break
                except KeyBlockError:
                    if draw == DRAWS_MAX - 1:
                        raise
            return self._keep(key)

    def form_key(
        self,
        name: str,
        usage: KeyUsage,
        contributions: Sequence[Contribution],
        *,
        algorithm: Algorithm = Algorithm.TDES,
        mode: Mode = Mode.ANY,
        exportability: Exportability = Exportability.NON_EXPORTABLE,
        state: KeyState = KeyState.ACTIVE,
        terms: Terms = DEFAULT_TERMS,
    ) -> KeyDescription:
        """A key of components, each brought by another custodian and typed in with its own check value (dual control).

        Raises:
            KeyBlockError: fewer than two custodians, one of them twice, a wrong check value, a component of zeroes, two
                alike, or a weak key.
        """
        with self._watch(Operation.FORM_KEY, name):
            custodians = [contribution.custodian.strip().casefold() for contribution in contributions]
            if len(set(custodians)) < max(COMPONENTS_MIN, len(custodians)) or not all(custodians):
                raise KeyBlockError(
                    f"key {name!r}: each component is brought by another custodian, and there are {COMPONENTS_MIN} or more"
                )
            _check_new_terms(name, usage, terms)
            secret = join([contribution.component for contribution in contributions], algorithm)
            key = Key.make(
                name,
                usage,
                secret.expose(),
                algorithm=algorithm,
                mode=mode,
                exportability=exportability,
                state=state,
                terms=terms,
            )
            return self._keep(key)

    def import_key(self, name: str, *, kbpk: str, block: str, terms: Terms = DEFAULT_TERMS) -> KeyDescription:
        """A key out of a key block (TR-31, X9.143). What it is for stands in the block, and nobody can say otherwise.

        Args:
            name: how it shall be called here.
            kbpk: name of the K1, K4 or K0 key that the block is under.
            block: its text. Versions A and C need the KBPK's permission for legacy blocks.
            terms: what its owner here says of it besides.

        Raises:
            KeyBlockError: the block is not right, a check value in it is not the key's, or the key is stronger than what
                protected it.
        """
        with self._watch(Operation.IMPORT_KEY, name, kbpk):
            protecting = self._hold(Operation.IMPORT_KEY, "kbpk", kbpk).key
            permissions = protecting.terms.permissions
            unwrapped = unwrap(protecting.secret, block, legacy=Permission.LEGACY_BLOCKS in permissions)
            _check_stated_values(name, unwrapped, protecting)
            header = unwrapped.header
            if Permission.LEGACY_KEYS in terms.permissions and Permission.LEGACY_KEYS not in permissions:
                raise KeyUsageError(f"key {kbpk!r} brings no weak keys: its terms have no permission 'legacy-keys'")
            key = Key.make(
                name,
                header.usage,
                unwrapped.key.expose(),
                algorithm=header.algorithm,
                mode=header.mode,
                exportability=header.exportability,
                terms=terms,
            )
            _check_order(protecting, key)
            return self._keep(key)

    def export_key(
        self,
        name: str,
        *,
        kbpk: str,
        version: Version | None = None,
        exportability: Exportability | None = None,
    ) -> str:
        """The key in a key block, for another HSM that has the KBPK.

        Args:
            name: of a key whose exportability lets it leave: E, or S where the KBPK's terms permit it.
            kbpk: name of a K1 or K4 key, at least as strong as the key.
            version: B for a TDES KBPK, D or E for an AES one; without it B or D.
            exportability: what the block shall say of it: its own or less, never more.
        """
        with self._watch(Operation.EXPORT_KEY, name, kbpk):
            protecting = self._hold(Operation.EXPORT_KEY, "kbpk", kbpk).key
            key = self._find(name).key
            check_state(key)
            stated = exportability or key.exportability
            _check_leaving(key, protecting, stated)
            _check_order(protecting, key)
            header = Header(
                version=version or _EXPORT_VERSIONS[protecting.algorithm],
                usage=key.usage,
                algorithm=key.algorithm,
                mode=key.mode,
                exportability=stated,
                blocks=(OptionalBlock("KC", _KCV_METHODS[key.algorithm] + key.kcv),) if key.algorithm in _KCV_METHODS else (),
            )
            return wrap(protecting.secret, header, key.secret, fill=self._entropy.draw)

    def change_key_state(self, name: str, state: KeyState) -> KeyDescription:
        """The key in another state, which the next call obeys. An expired key stays expired."""
        with self._watch(Operation.CHANGE_KEY_STATE, name):
            key = self._find(name).key
            if state not in TRANSITIONS[key.state]:
                raise KeyStateError(f"key {name!r} is {key.state.value}, and does not become {state.value}")
            changed = msgspec.structs.replace(key, state=state)
            self._writable().replace(changed)
            self._kept.pop(name, None)
            return _describe(changed)

    def delete_key(self, name: str) -> None:
        """Forget the key and every cipher made of it."""
        with self._watch(Operation.DELETE_KEY, name):
            self._writable().remove(name)
            self._kept.pop(name, None)

    def _keep(self, key: Key) -> KeyDescription:
        """A key that is new here. Material that serves another purpose already is refused: it would have two."""
        store = self._writable()
        for name in store.names():
            try:
                other = store.get(name)
            except KeyNotFound:
                continue
            if other.usage is not key.usage and constant_time_equal(_parts(other).expose(), _parts(key).expose()):
                raise KeyBlockError(f"key {key.name!r} is the same as key {name!r}, which has another use: a key has one")
        store.add(key)
        return _describe(key)


_KBPK_USAGES: Final = (
    KeyUsage.KEY_BLOCK_PROTECTION,
    KeyUsage.KEY_BLOCK_PROTECTION_ISO_20038,
    KeyUsage.KEY_ENCRYPTION,
)
_EXPORT_VERSIONS: Final = {Algorithm.TDES: Version.B, Algorithm.AES: Version.D}
_KCV_METHODS: Final = {Algorithm.TDES: "00", Algorithm.AES: "01"}  # Of optional block KC: legacy, CMAC.


def strength(algorithm: Algorithm, size: int) -> int:
    """How many bits of work a key of so many bytes is worth.

    >>> strength(Algorithm.TDES, 16), strength(Algorithm.AES, 16)
    (80, 128)
    """
    match algorithm:
        case Algorithm.TDES | Algorithm.DEA:
            return _TDES_STRENGTH[size]
        case Algorithm.HMAC:
            return min(8 * size, _HMAC_STRENGTH_MAX)
        case _:
            return 8 * size


def _describe(key: Key) -> KeyDescription:
    return KeyDescription(
        key.name,
        key.usage,
        key.algorithm,
        8 * len(key.secret),
        key.mode,
        key.exportability,
        key.state,
        key.kcv,
        key.terms,
    )


def _check_new_terms(name: str, usage: KeyUsage, terms: Terms) -> None:
    """A key that is made here is strong; a KBPK's permission is not for itself, but for what comes under it."""
    if Permission.LEGACY_KEYS in terms.permissions and usage not in _KBPK_USAGES:
        raise KeyBlockError(f"key {name!r}: a new key is never weak, so its terms do not permit it")


def _check_order(protecting: Key, key: Key) -> None:
    """No key travels under one that is easier to break (X9.143 clause 5, PCI PIN 18-3)."""
    outer, inner = (strength(each.algorithm, len(_parts(each))) for each in (protecting, key))
    if outer < inner:
        raise KeyBlockError(
            f"key {key.name!r} is worth {inner} bits, key {protecting.name!r} only {outer}: take a stronger key to protect it"
        )


def _parts(key: Key) -> Secret:
    """The material that counts: three parts of TDES whose first is also the last are the same key as the first two."""
    material = key.secret.expose()
    if key.algorithm is Algorithm.TDES and constant_time_equal(material[:8], material[16:]):
        return Secret(material[:16])
    return key.secret


def _check_leaving(key: Key, protecting: Key, stated: Exportability) -> None:
    if key.exportability is Exportability.NON_EXPORTABLE:
        raise KeyUsageError(f"key {key.name!r} never leaves: its exportability is N")
    permitted = Permission.EXPORT_SENSITIVE in protecting.terms.permissions
    if key.exportability is Exportability.SENSITIVE and not permitted:
        raise KeyUsageError(
            f"key {key.name!r} is of exportability S: key {protecting.name!r} takes it only with the permission"
            f" {Permission.EXPORT_SENSITIVE.value!r}"
        )
    if EXPORTABILITIES.index(stated) < EXPORTABILITIES.index(key.exportability):
        raise KeyUsageError(f"key {key.name!r} has exportability {key.exportability.value}: a key block does not give it more")


def _check_stated_values(name: str, unwrapped: Unwrapped, protecting: Key) -> None:
    """The check values that a block states of its key (KC) and of its KBPK (KP) are theirs."""
    header = unwrapped.header
    for block, what, algorithm, secret in (
        ("KC", "the key in it", header.algorithm, unwrapped.key),
        ("KP", "its protection key", protecting.algorithm, protecting.secret),
    ):
        stated = header.optional(block)
        if stated is None:
            continue
        right = _stated_value(stated[:2], algorithm, secret)
        if right is None or not constant_time_equal_text(right[: len(stated) - 2], stated[2:]):
            raise KeyBlockError(f"key {name!r}: its key block states a check value (block {block}) that {what} does not have")


def _stated_value(method: str, algorithm: Algorithm, secret: Secret) -> str | None:
    """A check value by method 00 (a block of zeroes enciphered) or 01 (its CMAC), as many digits as may be stated."""
    match method, algorithm:
        case "00", Algorithm.TDES:
            return check_value(algorithm, secret)
        case "00", Algorithm.AES:
            return kcv_aes_ecb_zero(secret, digits=10)
        case "01", Algorithm.TDES:
            return Tdes(secret).cmac(bytes(TDES_BLOCK_BYTES)).hex().upper()[:10]
        case "01", Algorithm.AES:
            return Aes(secret).cmac(bytes(AES_BLOCK_BYTES)).hex().upper()[:10]
        case _:
            return None
