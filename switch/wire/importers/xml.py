"""Reading XML that nobody vouches for: no entity is expanded, nothing is fetched, and the depth is bounded.

A DOCTYPE is passed over, because every packager file of jPOS has one; a declaration of an entity is refused.
"""

from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from switch.limits import SPEC_DEPTH_MAX
from switch.wire.errors import SpecError


def parse_xml(text: str) -> Element:
    """The root element.

    Raises:
        SpecError: when the text is not well-formed, declares or uses an entity, or nests too deep.
    """
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > SPEC_DEPTH_MAX:
            raise SpecError(f"elements are nested more than {SPEC_DEPTH_MAX} deep", "SPC-XML-01")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> NoReturn:
        raise SpecError("the XML declares or uses an entity, and none is expanded", "SPC-XML-01")

    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        # The text is Unicode already, whatever its first line says that it was.
        parser.Parse(_without_declaration(text).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise SpecError(f"the XML is not well-formed at line {error.lineno}", "SPC-XML-01") from None
    return builder.close()


def _without_declaration(text: str) -> str:
    stripped = text.lstrip("\ufeff \t\r\n")
    if not stripped.startswith("<?xml"):
        return stripped
    return stripped.partition("?>")[2].lstrip()
