"""Addresses below /api/v1/."""

from django.urls import path, register_converter

from orders.api.callbacks import ProviderCallback
from orders.api.cancelling import CancelReasons, OrderCancel
from orders.api.preparations import SlipDetail, SlipList, SlipPreparation, SlipRefusal, SlipShipment
from orders.api.refunds import OrderRefunds, RefundConfirm
from orders.api.returns import OrderReturns, ReturnReceive, ReturnRefuse
from orders.api.risk import OrderDispute, OrderDisputeClose, OrderRisks
from orders.api.views import OrderCollect, OrderDetail, OrderList, OrderPayments, OrderReady
from orders.api.vouchers import OrderVouchers, VoucherLook


class SlipNumber:
    """W26-000123-1 in any case, or a slip's identifier; an order's number alone names no slip."""

    regex = r"[A-Za-z]\d{2}-\d{1,12}(?:-\d{1,4})?|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class OrderNumber:
    """W26-000123, in any case; everything else below `orders/` belongs to other rooms."""

    regex = r"[A-Za-z]\d{2}-\d{1,12}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(OrderNumber, "order_number")
register_converter(SlipNumber, "slip_number")

urlpatterns = [
    path("preparations", SlipList.as_view(), name="preparations"),
    path("preparations/<slip_number:number>", SlipDetail.as_view(), name="preparation"),
    path("preparations/<slip_number:number>/preparation", SlipPreparation.as_view(), name="preparation_prepare"),
    path("preparations/<slip_number:number>/refusal", SlipRefusal.as_view(), name="preparation_refuse"),
    path("preparations/<slip_number:number>/shipment", SlipShipment.as_view(), name="preparation_ship"),
    path("orders", OrderList.as_view(), name="orders"),
    path("orders/<order_number:number>", OrderDetail.as_view(), name="order"),
    path("orders/<order_number:number>/payments", OrderPayments.as_view(), name="order_payments"),
    path("orders/<order_number:number>/vouchers", OrderVouchers.as_view(), name="order_vouchers"),
    path("vouchers/look", VoucherLook.as_view(), name="voucher_look"),
    path("orders/<order_number:number>/refunds", OrderRefunds.as_view(), name="order_refunds"),
    path("orders/<order_number:number>/refunds/<uuid:guid>/confirm", RefundConfirm.as_view(), name="refund_confirm"),
    path("orders/<order_number:number>/cancel", OrderCancel.as_view(), name="order_cancel"),
    path("orders/<order_number:number>/risk", OrderRisks.as_view(), name="order_risk"),
    path("orders/<order_number:number>/dispute", OrderDispute.as_view(), name="order_dispute"),
    path("orders/<order_number:number>/dispute/close", OrderDisputeClose.as_view(), name="order_dispute_close"),
    path("orders/<order_number:number>/returns", OrderReturns.as_view(), name="order_returns"),
    path("returns/<slug:returned>/receive", ReturnReceive.as_view(), name="return_receive"),
    path("returns/<slug:returned>/refuse", ReturnRefuse.as_view(), name="return_refuse"),
    path("cancel-reasons", CancelReasons.as_view(), name="cancel_reasons"),
    path("orders/<order_number:number>/ready", OrderReady.as_view(), name="order_ready"),
    path("orders/<order_number:number>/collect", OrderCollect.as_view(), name="order_collect"),
    path("payments/callback/<slug:provider>", ProviderCallback.as_view(), name="payment_callback"),
]
