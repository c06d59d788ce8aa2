"""What every operation of the HSM has in common: it finds its keys, asks the policy, counts, and tells the audit sink.

No operation is here; those are in the other files of this folder, by subject.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Final, Protocol, Self, TypeVar

import msgspec

from keys.ciphers import Aes, AesSiv, Hmac, Tdes
from keys.entropy import Entropy
from keys.errors import KeyNotFound, KeysError, KeystoreError, Mismatch, Reason, RoleError
from keys.keystore import Keystore, WritableKeystore
from keys.material import Algorithm, Key, KeyUsage, check_strength
from keys.policy import AUDITED, ROLES, Operation, Role, check_state, check_usage
from keys.terms import Permission


class Result(Enum):
    """How an audited operation ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Caller(msgspec.Struct, frozen=True):
    """On whose behalf an operation is called: a name for the audit, and what the role allows."""

    name: str
    role: Role


class AuditEvent(msgspec.Struct, frozen=True):
    """One operation that gave no result, or changed which keys there are.

    Refused before it computed, failed because a value did not match, or done, for which there is no reason.
    """

    operation: Operation
    keys: tuple[str, ...]
    result: Result
    reason: Reason | None
    caller: str = ""

    @property
    def why(self) -> str:
        """The reason's word; nothing where it was done."""
        return self.reason.value if self.reason else ""


AuditSink = Callable[[AuditEvent], None]


class KsnCounters(Protocol):
    """Where the last DUKPT counter of each device is kept, if anybody keeps it."""

    def advance(self, device: str, counter: int) -> bool:
        """Whether the counter is greater than the device's last one; if it is, it is now the last, and durably so."""


OPERATOR: Final = Caller("", Role.OPERATOR)

_BARRED: Final = {role: frozenset(operation for operation, roles in ROLES.items() if role not in roles) for role in Role}

_Context = TypeVar("_Context", bound=Tdes | Aes | AesSiv | Hmac)


class Held:
    """A key that was found, what the policy has already allowed it, and the ciphers made of it. Dropped with the key."""

    __slots__ = ("_cipher", "_contexts", "allowed", "key")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.allowed: set[tuple[Operation, str]] = set()
        self._contexts: dict[type, Tdes | Aes | AesSiv | Hmac] = {}
        self._cipher: Tdes | Aes | None = None

    def context(self, kind: type[_Context]) -> _Context:
        """The key's cipher of that kind, made once."""
        context = self._contexts.get(kind)
        if not isinstance(context, kind):
            context = kind(self.key.secret)
            self._contexts[kind] = context
        return context

    def cipher(self) -> Tdes | Aes:
        """The key's block cipher, of whichever algorithm it is."""
        if self._cipher is None:
            self._cipher = self.context(Aes) if self.key.algorithm is Algorithm.AES else self.context(Tdes)
        return self._cipher


class Core:
    """The base of all groups of operations; `SoftHsm` is all of them together."""

    def __init__(
        self,
        keystore: Keystore,
        entropy: Entropy,
        audit: AuditSink,
        *,
        caller: Caller = OPERATOR,
        counters: KsnCounters | None = None,
    ) -> None:
        self._keystore = keystore
        self._entropy = entropy
        self._audit = audit
        self._caller = caller
        self._barred = _BARRED[caller.role]
        self._counters = counters
        self._kept: dict[str, Held] = {}
        self._uses: Counter[tuple[Operation, str]] = Counter()
        self.uses: Mapping[tuple[Operation, str], int] = MappingProxyType(self._uses)

    def acting_for(self, caller: Caller) -> Self:
        """The same HSM, its keys and its counts, for another caller with that caller's role."""
        other = copy(self)
        other._caller = caller
        other._barred = _BARRED[caller.role]
        return other

    def _watch(self, operation: Operation, *keys: str) -> "_Watch":
        """Let the caller in if its role may, and watch how it ends."""
        if operation in self._barred:
            self._tell(operation, keys, Result.REFUSED, Reason.ROLE)
            who = " or ".join(each.value for each in ROLES[operation])
            raise RoleError(f"{operation.value} is not for the role {self._caller.role.value}: it takes {who}")
        return _Watch(self, operation, keys)

    def _tell(self, operation: Operation, keys: tuple[str, ...], result: Result, reason: Reason | None) -> None:
        self._audit(AuditEvent(operation, keys, result, reason, self._caller.name))

    def _find(self, name: str) -> Held:
        """The key of that name as it is now: one that was replaced takes its ciphers with it."""
        try:
            key = self._keystore.get(name)
        except KeyNotFound:
            self._kept.pop(name, None)
            raise
        held = self._kept.get(name)
        if held is None or held.key is not key:
            held = self._kept[name] = Held(key)
        return held

    def _hold(self, operation: Operation, role: str, name: str) -> Held:
        """The key, after the policy has allowed this use of it and the use is counted."""
        held = self._find(name)
        if (operation, role) not in held.allowed:
            check_use(operation, role, held.key)
            held.allowed.add((operation, role))
        self._uses[operation, name] += 1
        return held

    def _open(self, operation: Operation, role: str, name: str, kind: type[_Context]) -> _Context:
        """The key's cipher, after `_hold`."""
        return self._hold(operation, role, name).context(kind)

    def _writable(self) -> WritableKeystore:
        if isinstance(self._keystore, WritableKeystore):
            return self._keystore
        raise KeystoreError("this keystore is for reading only: its keys are managed where they come from")


class _Watch:
    """Tells the audit sink what must be told, before the caller hears of it."""

    __slots__ = ("_core", "_keys", "_operation")

    def __init__(self, core: Core, operation: Operation, keys: tuple[str, ...]) -> None:
        self._core = core
        self._operation = operation
        self._keys = keys

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            if self._operation in AUDITED:
                self._core._tell(self._operation, self._keys, Result.DONE, None)
        elif isinstance(error, KeysError):
            result = Result.FAILED if isinstance(error, Mismatch) else Result.REFUSED
            self._core._tell(self._operation, self._keys, result, error.reason)


def check_use(operation: Operation, role: str, key: Key) -> None:
    """KeysError unless the key may do this now: by its usage and mode, its state and its strength."""
    check_usage(operation, role, key)
    check_state(key)
    legacy = Permission.LEGACY_KEYS in key.terms.permissions and key.usage is not KeyUsage.MAC_ALGORITHM_3
    if key.algorithm is Algorithm.TDES and not legacy:
        check_strength(key.name, key.secret)
