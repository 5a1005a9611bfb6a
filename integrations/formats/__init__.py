"""What files may hold: the fields of each entity, the platform's own RAW columns, and descriptions of foreign files."""

from integrations.formats.checking import DefinitionError
from integrations.formats.definition import Column, Definition, fields_of
from integrations.formats.raw import raw_definition
from integrations.formats.specs import ENTITIES, EntitySpec, Field, FieldType

__all__ = [
    "ENTITIES",
    "Column",
    "Definition",
    "DefinitionError",
    "EntitySpec",
    "Field",
    "FieldType",
    "fields_of",
    "raw_definition",
]
