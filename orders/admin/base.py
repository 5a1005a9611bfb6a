"""What the room's pages in Office share."""

from unfold.admin import ModelAdmin

from altazion.lib.office import EstimatedPaginator, ReadOnly
from orders.enums import AttemptState, OrderState, PartState, PaymentState

STATE_TONES = {
    OrderState.PLACED: "info",
    OrderState.READY: "warn",
    OrderState.DONE: "good",
    OrderState.CANCELLED: "none",
}
PAYMENT_TONES = {
    PaymentState.DUE: "warn",
    PaymentState.PART: "warn",
    PaymentState.AUTHORISED: "good",
    PaymentState.PAID: "good",
    PaymentState.REFUNDED: "none",
}
ATTEMPT_TONES = {
    AttemptState.STARTED: "info",
    AttemptState.AUTHORISED: "good",
    AttemptState.CAPTURING: "info",
    AttemptState.FAILED: "bad",
    AttemptState.VOIDING: "info",
    AttemptState.VOIDED: "none",
    AttemptState.RECEIVED: "good",
    AttemptState.REFUSED: "bad",
    AttemptState.CANCELLED: "none",
}
PART_TONES = {
    PartState.ASKED: "info",
    PartState.WAITS: "warn",
    PartState.DONE: "good",
    PartState.FAILED: "bad",
    PartState.ABANDONED: "none",
}


class Records(ReadOnly, ModelAdmin):
    """Records that only the domain writes; long lists are not counted."""

    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_max_show_all = 50
