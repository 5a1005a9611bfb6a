"""What the room's pages in Office share."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from altazion.lib.office import EstimatedPaginator
from orders.enums import AttemptState, OrderState, PaymentState

STATE_TONES = {
    OrderState.PLACED: "info",
    OrderState.READY: "warn",
    OrderState.DONE: "good",
    OrderState.CANCELLED: "none",
}
PAYMENT_TONES = {
    PaymentState.DUE: "warn",
    PaymentState.PART: "warn",
    PaymentState.PAID: "good",
    PaymentState.REFUNDED: "none",
}
ATTEMPT_TONES = {
    AttemptState.STARTED: "info",
    AttemptState.RECEIVED: "good",
    AttemptState.REFUSED: "bad",
    AttemptState.CANCELLED: "none",
}


class ReadOnly(ModelAdmin):
    """Records that only the domain writes; long lists are not counted."""

    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_max_show_all = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes by hand; buttons ask the domain."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False
