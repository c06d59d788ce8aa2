"""The host port without its sockets: a message in, its answer out. Synchronous, one message after another.

What the HSM refuses becomes an error code, what it audits goes to the audit file, both before the answer leaves. A counter
or audit file that cannot be written ends the service: from then on every command is answered with 41.
"""

from typing import Final

import msgspec

from keys.entropy import Entropy
from keys.errors import KeysError, PinMismatch
from keys.host.audit_file import AuditFile
from keys.host.call import NEW_KEY, Call, Command, Rated
from keys.host.codes import REASON_CODES, ErrorCode, Refusal
from keys.host.commands import COMMANDS
from keys.host.fields import Reader, Request, read_request
from keys.host.key_table import KeyTable
from keys.host.limits import TRAILER_BYTES_MAX, TRANSLATIONS_PER_SECOND, VERIFICATIONS_PER_SECOND
from keys.host.line_file import LineFileError
from keys.host.rates import Rate, Rates
from keys.host.tries import Counters
from keys.hsm import AuditEvent, Caller, SoftHsm
from keys.keystore import Keystore
from keys.material import Algorithm, check_value
from keys.policy import Role
from keys.sensitive import Pan, Secret

CODE_BYTES: Final = 2
_UNKNOWN: Final = b"ZZ"
_LMK_DELIMITER: Final = b"%"
_LMK_IDENTIFIER: Final = b"00"
_TRAILER_DELIMITER: Final = b"\x19"
_LAST: Final = (b"9", b"Z")

# Refusals that an auditor wants to hear of, although no operation of the HSM has.
_AUDITED: Final = (ErrorCode.KEY_FUNCTION, ErrorCode.NOT_AUTHORISED)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a host port behaves.

    Args:
        header_bytes: of the message header that is echoed.
        authorised: whether keys are made, imported and exported over it.
        compat_errors: whether causes of PIN failures and PIN lengths are told, as old clients expect.
        disabled: codes of commands that are answered with 68.
        verifications_per_second, translations_per_second: allowances of one caller for one key.
    """

    header_bytes: int = 4
    authorised: bool = False
    compat_errors: bool = False
    disabled: tuple[str, ...] = ()
    verifications_per_second: int = VERIFICATIONS_PER_SECOND
    translations_per_second: int = TRANSLATIONS_PER_SECOND


class HostMachine:
    """Answers host commands.

    Args:
        keystore: named keys.
        lmk: AES-256; clients keep their keys as blocks under it.
        entropy: for new keys, fills and new blocks.
        counters: of wrong PINs and of DUKPT devices, durable.
        audit: durable.
        token_key: name of an M7 key, for tokens of card numbers.
        own_keys: names of keys that no client may use.
        options: how it behaves.
    """

    def __init__(
        self,
        *,
        keystore: Keystore,
        lmk: Secret,
        entropy: Entropy,
        counters: Counters,
        audit: AuditFile,
        token_key: str,
        own_keys: tuple[str, ...] = (),
        options: Options | None = None,
    ) -> None:
        self.options = options or Options()
        self._entropy = entropy
        self._keys = KeyTable(keystore, lmk, entropy, own_keys)
        self._counters = counters
        self._audit = audit
        self._token_key = token_key
        self._check_value = check_value(Algorithm.AES, lmk)
        self._rates = Rates()
        self._allowances = {
            Rated.VERIFICATION: Rate(self.options.verifications_per_second),
            Rated.TRANSLATION: Rate(self.options.translations_per_second),
        }
        self._caller = self._command = ""
        self._told = False
        self._in_service = True
        self._hsm = self._new_hsm()

    @property
    def message_bytes_min(self) -> int:
        """Header and command code: less cannot be answered."""
        return self.options.header_bytes + CODE_BYTES

    @property
    def in_service(self) -> bool:
        """Whether counters and audit can still be written."""
        return self._in_service

    def answer(self, message: bytes, caller: str, now_ms: int) -> bytes:
        """The answer to one message.

        Args:
            message: at least header and command code.
            caller: the client's address, for allowances and audit.
            now_ms: of a clock that only goes forward.
        """
        header = message[: self.options.header_bytes]
        code = message[self.options.header_bytes : self.message_bytes_min]
        self._told = False
        self._caller, self._command = caller, code.decode("ascii", "replace")
        try:
            error, body = self._answered(code, message[self.message_bytes_min :], now_ms)
        except LineFileError:
            self._in_service = False
            error, body = ErrorCode.INTERNAL, b""
        return header + answer_code(code) + error.value.encode("ascii") + body

    def unblock(self, pan: Pan, pvk: str) -> bool:
        """Let a card be tried again under a PIN verification key; whether it had wrong tries. Audited.

        Raises:
            KeyNotFound: there is no such key.
        """
        token, key = self._call().token(pan, pvk), self._keys.fingerprint(pvk)
        if not self._counters.failed(token, key):
            return False
        self._tell("unblock", (key,), "done", "")
        self._counters.forgive(token, key)
        return True

    def _answered(self, code: bytes, data: bytes, now_ms: int) -> tuple[ErrorCode, bytes]:
        if not self._in_service:
            return ErrorCode.INTERNAL, b""
        command = COMMANDS.get(self._command)
        if command is None or command.code in self.options.disabled:
            return ErrorCode.DISABLED, b""
        if self._keys.full():
            self._keys.forget()
            self._hsm = self._new_hsm()
        try:
            reader = Reader(data, self._keys)
            request = read_request(command.request, reader)
            trailer = _end(reader)
            self._allow(command, request, now_ms)
            return ErrorCode.GOOD, command.handler(request, self._call()) + trailer
        except Refusal as refusal:
            if refusal.code in _AUDITED:
                self._tell_once(refusal.code.name.lower().replace("_", "-"))
            return refusal.code, b""
        except KeysError as error:
            self._tell_once(error.reason.value)
            return command.pin_error if isinstance(error, PinMismatch) else REASON_CODES[error.reason], b""

    def _allow(self, command: Command, request: Request, now_ms: int) -> None:
        """Refusal for a caller who uses a key too often; told once, until the caller rests."""
        if command.rated is None:
            return
        key = self._keys.fingerprint(getattr(request, command.rated_key))
        empty = self._rates.take(self._caller, key, self._allowances[command.rated], now_ms)
        if empty is None:
            return
        if not empty.told:
            empty.told = True
            self._tell(command.rated.value, (key,), "alarm", "too-often")
        raise Refusal(ErrorCode.FRAUD, "too many calls for one key")

    def _call(self) -> Call:
        operator, admin = Caller(self._caller, Role.OPERATOR), Caller(self._caller, Role.ADMIN)
        return Call(
            hsm=self._hsm.acting_for(operator),
            admin=self._hsm.acting_for(admin) if self.options.authorised else None,
            keys=self._keys,
            counters=self._counters,
            token_key=self._token_key,
            alarm=lambda operation, key, reason: self._tell(operation, (key,), "alarm", reason),
            check_value=self._check_value,
            compat_errors=self.options.compat_errors,
        )

    def _new_hsm(self) -> SoftHsm:
        return SoftHsm(self._keys, self._entropy, self._heard, counters=self)

    def advance(self, device: str, counter: int) -> bool:
        """The HSM's question about a DUKPT device, by the fingerprint of its base key, whatever name or block that came by."""
        base, _, serial = device.rpartition("/")
        return self._counters.advance(f"{self._keys.fingerprint(base)}/{serial}", counter)

    def _heard(self, event: AuditEvent) -> None:
        names = tuple(map(self._told_name, event.keys))
        self._tell(event.operation.value, names, event.result.value, event.why)

    def _told_name(self, name: str) -> str:
        """A key that has no name yet is told by its fingerprint, if it was made."""
        if name != NEW_KEY:
            return name
        try:
            return self._keys.fingerprint(name)
        except KeysError:
            return name

    def _tell_once(self, reason: str) -> None:
        """An event of a refusal that no operation of the HSM has told, because it came before one."""
        if not self._told:
            self._tell("command", (), "refused", reason)

    def _tell(self, operation: str, keys: tuple[str, ...], result: str, reason: str) -> None:
        self._told = True
        self._audit.tell(
            caller=self._caller, command=self._command, operation=operation, keys=keys, result=result, reason=reason
        )


def answer_code(code: bytes) -> bytes:
    """The second character and one; ZZ for what is no command code.

    >>> answer_code(b"CA"), answer_code(b"A0"), answer_code(b"??")
    (b'CB', b'A1', b'ZZ')
    """
    first, last = code[:1], code[1:]
    spelt = len(code) == CODE_BYTES and code.isalnum() and code.isascii() and code.upper() == code
    if not spelt or last in _LAST:
        return _UNKNOWN
    return first + bytes((last[0] + 1,))


def _end(reader: Reader) -> bytes:
    """What may stand behind the fields: which LMK, and a trailer that is echoed. Refusal for anything else."""
    if reader.peek() == _LMK_DELIMITER:
        reader.take(1, "LMK delimiter")
        if reader.take(2, "LMK identifier") != _LMK_IDENTIFIER:
            raise Refusal(ErrorCode.LMK, "LMK identifier: there is one LMK here, 00")
    if reader.peek() == _TRAILER_DELIMITER and reader.left <= 1 + TRAILER_BYTES_MAX:
        return reader.take(reader.left, "trailer")
    if reader.left:
        raise Refusal(ErrorCode.INPUT, f"{reader.left} bytes too many")
    return b""
