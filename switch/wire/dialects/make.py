"""From an edition and a table of its elements to a dialect: all that the table does not say is what the edition shares."""

from collections.abc import Mapping

from switch.wire.content import ANY, Content
from switch.wire.dialect import Dialect, make_codec
from switch.wire.dialects.table import DataElement
from switch.wire.edition import Edition
from switch.wire.spec import Spec
from switch.wire.subfields import InnerLayout


def make_dialect(
    edition: Edition,
    standard: tuple[DataElement, ...],
    name: str,
    words: str,
    rows: tuple[DataElement, ...],
    spec: Spec,
    *,
    stretched: Mapping[int, str] | None = None,
    header: str = "",
    header_content: Content = ANY,
    header_answer: str = "",
    header_fault: str = "",
    fault_de: int | None = None,
    fault_form: str = "DE {}",
    subfields: Mapping[int, InnerLayout] | None = None,
) -> Dialect:
    """A dialect of an edition whose elements are `rows`, spelled as `spec` says.

    Args:
        standard: the table in which plain values are at home: elements there are as long as plain ones.
        stretched: fixed DEs that are longer than in that table -> what fills them behind a value of its length.
        header: of the messages that we begin.
        header_content: content class of all headers.
        header_answer, header_fault, fault_form: as in `Dialect`.
        fault_de: where a refusal may say which DE was wrong, if not where the edition has it; 0 for nowhere.
        subfields: what is inside of DEs, in place of what the edition says of the same.

    Raises:
        SpecError: when the spec or a content class is unusable.
    """
    content = {row.de: row.content for row in rows}
    inside = {**edition.subfields, **(subfields or {})}
    return Dialect(
        name=name,
        words=words,
        spec=spec,
        content=content,
        names={row.de: row.name for row in rows},
        codec=make_codec(spec, content, header=header_content),
        edition=edition,
        response_codes=edition.response_codes,
        codes=edition.codes,
        echo=edition.echo,
        pictures=edition.pictures,
        match_key=edition.match_key,
        clear=edition.clear,
        fault_de=edition.fault_de if fault_de is None else fault_de,
        header=header,
        header_answer=header_answer,
        header_fault=header_fault,
        fault_form=fault_form,
        stretched={row.de: (row.longest, stretched[row.de]) for row in standard if stretched and row.de in stretched},
        subfields={de: layout for de, layout in inside.items() if de in content},
    )
