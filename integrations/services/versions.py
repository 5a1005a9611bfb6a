"""Every saved change of a mapping is a version that stays; runs remember theirs."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.formats import Definition, fields_of
from integrations.models import Mapping, MappingVersion
from integrations.services.reading_mappings import definition_of


@transaction.atomic
def version_of(mapping: Mapping, *, at: dt.datetime, actor: str = "") -> MappingVersion:
    """The version that stands for the mapping as it is now, made when nothing like it is the latest. Raises Refused."""
    definition = definition_of(mapping, mapping.entity)
    latest = MappingVersion.objects.filter(mapping=mapping).order_by("-number").first()
    if latest is not None and latest.digest == definition.version:
        return latest
    Mapping.objects.select_for_update(no_key=True).filter(pk=mapping.pk).first()  # numbers are given one by one
    latest = MappingVersion.objects.filter(mapping=mapping).order_by("-number").first()
    if latest is not None and latest.digest == definition.version:
        return latest
    return MappingVersion.objects.create(
        mapping=mapping,
        number=latest.number + 1 if latest else 1,
        definition=definition.as_json(),
        digest=definition.version,
        made_at=at,
        actor=actor,
    )


def as_it_was(version: MappingVersion) -> Mapping:
    """The mapping as that version says, not saved: `save_mapping` makes it the newest version. Raises Refused."""
    mapping = version.mapping
    try:
        definition = Definition.read(version.definition)
    except (ValueError, TypeError) as error:
        raise Refused(
            _("Version %(number)d cannot be read any more: %(why)s.") % {"number": version.number, "why": error},
            code="version_unreadable",
        ) from error
    for name, value in fields_of(definition).items():
        if name not in ("code", "name"):
            setattr(mapping, name, value)
    return mapping
