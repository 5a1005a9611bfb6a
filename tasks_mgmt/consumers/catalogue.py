"""Rules that cannot be followed, tests of lists that fail, files that did not come."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logbook.models import Event
from logbook.ports import consumer
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes


@consumer("tasks_mgmt.selections", kinds=["catalog.selection_failed", "catalog.selection_recovered"])
def on_selection(event: Event) -> None:
    """A selection could not follow its rule: mend the rule; followed again, the task closes."""
    cause = f"{enums.SELECTION_FAILED}:{event.subject_id}"
    if event.kind.endswith("recovered"):
        settle_causes([cause], at=event.at, word=_("The rule is followed again."))
        return
    name = str(event.data.get("name") or event.subject_id)
    raise_for_cause(
        enums.SELECTION_FAILED,
        cause=cause,
        title=_("The selection “%(name)s” cannot follow its rule") % {"name": name},
        description=str(event.data.get("error") or ""),
        subject=Subject(
            "catalog.selection", event.subject_id, name, office_url("catalog_selection_rule", event.subject_id)
        ),
        at=event.at,
    )


@consumer("tasks_mgmt.relevance", kinds=["discovery.relevance_failed", "discovery.relevance_held"])
def on_relevance(event: Event) -> None:
    """A product is not where a merchandiser expects it; once it is again the task closes."""
    cause = f"{enums.RELEVANCE}:{event.subject_id}"
    if event.kind.endswith("held"):
        settle_causes([cause], at=event.at, word=_("The test holds again."))
        return
    expects = str(event.data.get("expects") or "")
    url = office_url("discovery_relevancetest_change", event.subject_id)
    raise_for_cause(
        enums.RELEVANCE,
        cause=cause,
        title=_("Not so any more: %(sentence)s") % {"sentence": expects},
        description=str(event.data.get("finding") or ""),
        subject=Subject("discovery.relevance_test", event.subject_id, expects, url),
        at=event.at,
    )


@consumer("tasks_mgmt.media", kinds=["catalog.media_not_fetched", "catalog.media_fetched"])
def on_media(event: Event) -> None:
    """Files that a flow names by address did not come; the list of them has the button to try again."""
    cause = f"{enums.NOT_FETCHED}:{event.subject_id}"
    if event.kind.endswith("media_fetched"):
        settle_causes([cause], at=event.at, word=_("All of them have come."))
        return
    failed = int(event.data.get("failed") or 1)
    url = office_url("catalog_mediafetch_changelist")
    raise_for_cause(
        enums.NOT_FETCHED,
        cause=cause,
        title=ngettext(
            "Flow “%(flow)s”: %(count)s file could not be fetched",
            "Flow “%(flow)s”: %(count)s files could not be fetched",
            failed,
        )
        % {"flow": event.subject_id, "count": failed},
        description=_("The list says why, file by file. Mend the address at its source, or try again."),
        subject=Subject(
            "catalog.media_fetch",
            event.subject_id,
            event.subject_id,
            f"{url}?state=failed&source={event.subject_id}" if url else "",
        ),
        at=event.at,
    )
