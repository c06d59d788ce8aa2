"""How rows of the command table are made: a handler takes the request that its row names, and no other."""

from collections.abc import Callable
from typing import TypeVar, cast

from keys.host.call import Call, Command, Rated
from keys.host.codes import ErrorCode
from keys.host.fields import Request

R = TypeVar("R", bound=Request)


def row(
    code: str,
    line: str,
    request: type[R],
    handler: Callable[[R, Call], bytes],
    *,
    answer: str,
    rated: Rated | None = None,
    rated_key: str = "",
    pin_error: ErrorCode = ErrorCode.VERIFICATION_FAILED,
    notes: str = "",
) -> Command:
    """A row whose handler is of its request's kind."""
    return Command(
        code=code,
        line=line,
        request=request,
        answer=answer,
        handler=cast(Callable[[Request, Call], bytes], handler),
        rated=rated,
        rated_key=rated_key,
        pin_error=pin_error,
        notes=notes,
    )
