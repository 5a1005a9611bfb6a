"""Orders on their way to outside systems."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from altazion.lib.office import ReadOnly, badge
from integrations.models import OrderHandover


@admin.register(OrderHandover)
class HandoverAdmin(ReadOnly, ModelAdmin):
    """Looked at, never edited: the system's own answer is the truth."""

    list_display = ("order", "system", "standing", "outside_number", "queued_at", "sent_at", "acknowledged_at")
    list_filter = ("system", ("acknowledged_at", admin.EmptyFieldListFilter), ("refusal", admin.EmptyFieldListFilter))
    list_select_related = ("order",)
    search_fields = ("order__number", "outside_number")
    fields = ("order", "system", "queued_at", "sent_at", "sent_in_run", "acknowledged_at", "outside_number", "refusal")
    list_per_page = 50
    show_full_result_count = False
    paginator = InfinitePaginator

    @admin.display(description=gettext_lazy("state"))
    def standing(self, handover: OrderHandover) -> str:
        if handover.refusal:
            return badge(_("refused: %s") % handover.refusal, "bad")
        if handover.acknowledged_at:
            return badge(_("acknowledged"), "good")
        return badge(_("sent"), "warn") if handover.sent_at else badge(_("waiting"))
