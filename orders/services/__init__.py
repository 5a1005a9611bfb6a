"""Verbs of baskets, orders and payments. Nothing else writes order state."""

from orders.services.calling import send_payment, tell_endings, to_resume
from orders.services.cancelling import cancel_for, cancel_own, ensure_reasons, may_cancel_own
from orders.services.capturing import capture, give_up_capture, release_authorised, try_capture_again
from orders.services.carts import (
    CartIsOrdered,
    add_to_cart,
    choose_store,
    drop_unsold,
    keep_answers,
    merge_at_login,
    open_cart,
    set_quantity,
)
from orders.services.holding import hold_order, release_by_hand, release_order
from orders.services.lifecycle import (
    WrongState,
    cancel,
    claim_confirmation,
    expire_unpaid,
    give_up_confirmation,
    hand_over,
    mark_ready,
)
from orders.services.payments import record_payment, start_payment, take_call
from orders.services.placing import Changed, CheckoutAnswers, place_order
from orders.services.refunds import abandon_refund, confirm_refund, give_back_due, refund
from orders.services.return_fields import read_came, read_wanted
from orders.services.returns import Came, Wanted, ask_return, receive_return, refuse_return, withdraw_return
from orders.services.risk import assess, close_dispute, dismiss_risk, open_dispute
from orders.services.sending import send_refund, try_again
from orders.services.settling import settle_prepared
from orders.services.together import learn_bought_together
from orders.services.vouchers import (
    NoSuchVoucher,
    block_voucher,
    credit_voucher,
    find_voucher,
    issue_voucher,
    redeem_voucher,
)

__all__ = [
    "Came",
    "CartIsOrdered",
    "Changed",
    "CheckoutAnswers",
    "NoSuchVoucher",
    "Wanted",
    "WrongState",
    "abandon_refund",
    "add_to_cart",
    "ask_return",
    "assess",
    "block_voucher",
    "cancel",
    "cancel_for",
    "cancel_own",
    "capture",
    "choose_store",
    "claim_confirmation",
    "close_dispute",
    "confirm_refund",
    "credit_voucher",
    "dismiss_risk",
    "drop_unsold",
    "ensure_reasons",
    "expire_unpaid",
    "find_voucher",
    "give_back_due",
    "give_up_capture",
    "give_up_confirmation",
    "hand_over",
    "hold_order",
    "issue_voucher",
    "keep_answers",
    "learn_bought_together",
    "mark_ready",
    "may_cancel_own",
    "merge_at_login",
    "open_cart",
    "open_dispute",
    "place_order",
    "read_came",
    "read_wanted",
    "receive_return",
    "record_payment",
    "redeem_voucher",
    "refund",
    "refuse_return",
    "release_authorised",
    "release_by_hand",
    "release_order",
    "send_payment",
    "send_refund",
    "set_quantity",
    "settle_prepared",
    "start_payment",
    "take_call",
    "tell_endings",
    "to_resume",
    "try_again",
    "try_capture_again",
    "withdraw_return",
]
