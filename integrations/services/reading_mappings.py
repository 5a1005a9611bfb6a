"""From a stored mapping to what the engine reads."""

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.formats import Definition, DefinitionError, raw_definition
from integrations.models import Mapping

_FIELDS = (
    *("code", "name", "entity", "columns", "file_format"),
    *("encoding", "separator", "quote", "has_header", "decimal_mark", "thousands_mark", "date_format"),
)


def definition_of(mapping: Mapping | None, entity: str) -> Definition:
    """The definition behind a stored mapping, or the RAW one. Raises Refused."""
    if mapping is None:
        return raw_definition(entity)
    data = {name: getattr(mapping, name) for name in _FIELDS} | dict(mapping.options)
    try:
        return Definition.read(data)
    except (DefinitionError, TypeError, AttributeError) as error:
        raise Refused(
            _("The mapping %(name)s cannot work: %(why)s.") % {"name": mapping.code, "why": error},
            code="mapping_invalid",
        ) from error
