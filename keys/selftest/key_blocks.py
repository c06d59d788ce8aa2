"""Vectors of key blocks, those of the past included: the keys that protect them, the key inside, what must be refused."""

from typing import Final

from keys.selftest.params import Params
from keys.selftest.runner import Operation, in_hex
from keys.tr31.block import derive_protection, unwrap
from keys.tr31.header import Version

_VERSIONS: Final = {version.value: version for version in Version}


def _derive(p: Params) -> list[str]:
    return [in_hex(key) for key in derive_protection(p.secret("kbpk"), p.choice("version", _VERSIONS))]


def _unwrap(p: Params) -> str:
    return in_hex(unwrap(p.secret("kbpk"), p.text("key_block"), legacy=True).key)


KEY_BLOCKS: Final[dict[str, Operation]] = {
    "tr31_derive": _derive,
    "tr31_reject": _unwrap,
    "tr31_unwrap": _unwrap,
}
