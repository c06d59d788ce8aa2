"""Attributes of keys as they are typed: codes of X9.143, each told with the others when it is none."""

from typing import Annotated, TypeVar

import typer

from keys.material import Algorithm, Exportability, KeyUsage, Mode

Code = TypeVar("Code", KeyUsage, Algorithm, Mode, Exportability)

UsageOption = Annotated[str, typer.Option("--usage", help="X9.143 key usage, such as P0, M3, B0, E0, K1.")]
AlgorithmOption = Annotated[str, typer.Option("--algorithm", help="T for TDES, A for AES, H for HMAC.")]
ModeOption = Annotated[str, typer.Option("--mode", help="Mode of use, such as E, D, B, G, V, C, X, N.")]
ExportabilityOption = Annotated[str, typer.Option("--exportability", help="E, S or N: whether it may leave.")]


def code_of(kind: type[Code], option: str, word: str) -> Code:
    """The attribute of that code; BadParameter, with all codes, if there is none."""
    try:
        return kind(word.upper())
    except ValueError:
        pass
    raise typer.BadParameter(f"{option} takes one of {' '.join(each.value for each in kind)}")
