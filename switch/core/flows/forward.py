"""Toward an issuer: our STAN, a new DE 7, the PIN under the issuer's key, everything else byte for byte as it came."""

from keys.errors import KeysError, PinMismatch
from switch.core.exchange import Exchange
from switch.core.incoming import Incoming, Refusal
from switch.core.inflight import match_of
from switch.core.link import Link
from switch.core.numbers import next_stan, transmitted
from switch.core.respond import decline
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.core.vault import reversal_vault
from switch.domain.reasons import Reason
from switch.domain.request import Request
from switch.ledger.records import Forwarded, Opening
from switch.limits import UNSIGNED_BYTES_MAX
from switch.machine import Severity
from switch.wire import EncodeError, Message, Splicer
from switch.wire.edition import plain_stan
from switch.wire.redact import clean
from switch.wire.translate import recast

_OUTWARD = Splicer(7, 11, 37, drop=(64, 128))
_OUTWARD_WITH_PIN = Splicer(7, 11, 37, 52, drop=(64, 128))


def forward(turn: Turn, incoming: Incoming, opening: Opening, request: Request, target: str) -> None:
    """Send a request on to the issuer at the end of link `target`, and wait for its answer until the link's deadline."""
    link = turn.traffic.links[target]
    connection = link.online()
    if connection is None:
        decline(turn, incoming, opening, Refusal(Reason.ISSUER_UNAVAILABLE, f"link {target} is not online"))
        return
    if request.pin_block is not None and not link.keys.present.pin_key:
        decline(turn, incoming, opening, Refusal(Reason.SECURITY_VIOLATION, f"a PIN block, but link {target} has no PIN key"))
        return
    try:
        outward = _outward(turn, incoming.message, request, opening, link)
        # Before it is open: what could not leave would wait for an answer that nobody gives.
        framed = turn.frame(connection, outward)
    except EncodeError as error:
        detail = f"link {target} cannot be told: {clean(str(error))}"
        decline(turn, incoming, opening, Refusal(Reason.FORMAT_ERROR, detail))
        return
    except PinMismatch:
        decline(turn, incoming, opening, Refusal(Reason.SECURITY_VIOLATION, "the PIN block does not open under the link's key"))
        return
    except KeysError as error:
        turn.notice("keys.failed", Severity.ERROR, f"{incoming.place}: {error}", incoming.connection, exchange=opening.key)
        decline(turn, incoming, opening, Refusal(Reason.SYSTEM_MALFUNCTION))
        return
    turn.record(
        Forwarded(
            opening=opening,
            route=target,
            stan_out=plain_stan(outward[11]),
            vault=reversal_vault(turn, opening.key, outward, request),
        )
    )
    turn.traffic.inflight.open(
        Exchange(
            opening.key,
            incoming.connection.conn,
            incoming.message,
            match_of(target, outward),
            incoming.keys,
            incoming.head,
        )
    )
    turn.traffic.deadlines.set((Due.EXCHANGE, opening.key), turn.now.mono_ms + link.plan.response_timeout_ms)
    turn.put(connection, framed)


def _outward(turn: Turn, message: Message, request: Request, opening: Opening, link: Link) -> Message:
    """The request as its issuer gets it, not yet signed.

    Raises:
        EncodeError: when the issuer's dialect cannot say it, or not within a frame: what fitted one may have grown.
        KeysError: when its PIN cannot be translated.
    """
    dialect = link.plan.dialect
    stan = dialect.edition.stan(next_stan(turn.state, link.plan.name))
    splicer = _OUTWARD
    values: tuple[str, ...] = (transmitted(turn.now.wall_ms), stan, opening.rrn)
    if request.pin_block is not None and request.pan is not None:
        target = link.keys.present.pin_key
        block = turn.hsm.translate_pin(source=request.pin_key, target=target, block=request.pin_block, pan=request.pan)
        splicer, values = _OUTWARD_WITH_PIN, (*values, block.hex().upper())
    outward = recast(message, dialect, turn.now.wall_ms)
    outward = splicer.splice(outward, values, dialect.edition.mti(opening.mti))
    if len(outward.raw) > UNSIGNED_BYTES_MAX:
        raise EncodeError(None, f"its {len(outward.raw)} bytes and a MAC do not fit a frame", "ENC-FRM-01")
    return outward
