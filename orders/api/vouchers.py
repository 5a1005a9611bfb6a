"""Gift cards and vouchers at a till: what a code can pay, and paying with it. Codes travel in bodies only."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import caller, idempotent
from accounts.enums import Scope
from altazion.lib.api import Heavy
from altazion.lib.clock import now
from orders import rules, services
from orders.api.serializers import PaymentOut
from orders.api.views import KEY
from orders.models import Voucher
from orders.selectors import find_for_key


class VoucherLookIn(serializers.Serializer[object]):
    """A code, and what one would like to pay with it."""

    code = serializers.CharField(max_length=60)
    amount = serializers.DecimalField(max_digits=10, decimal_places=2, required=False, min_value=Decimal("0.01"))
    currency = serializers.CharField(max_length=3, default="EUR")


class VoucherOut(serializers.ModelSerializer[Voucher]):
    """What a code can pay. `nearest`: the amounts next to the one asked for, below and above."""

    nearest = serializers.SerializerMethodField()

    class Meta:
        model = Voucher
        fields = ("kind", "ending", "balance", "currency", "step", "single_use", "expires_at", "nearest")

    def get_nearest(self, voucher: Voucher) -> list[str]:
        amount = self.context.get("amount") or voucher.balance
        pair = rules.nearest(amount, most=voucher.balance, step=voucher.step)
        return [str(one) for one in dict.fromkeys(pair) if one > 0]


class VoucherRedeemIn(serializers.Serializer[object]):
    """A code and how much of it; as much as is due if left out."""

    code = serializers.CharField(max_length=60)
    till = serializers.CharField(max_length=60)
    amount = serializers.DecimalField(max_digits=10, decimal_places=2, required=False, min_value=Decimal("0.01"))


class VoucherLook(APIView):
    """What is left on a gift card or voucher."""

    scope = Scope.ORDERS_PAY
    throttle_classes = (Heavy,)

    @extend_schema(operation_id="vouchers_look", request=VoucherLookIn, responses=VoucherOut)
    def post(self, request: Request) -> Response:
        said = VoucherLookIn(data=request.data)
        said.is_valid(raise_exception=True)
        found = services.find_voucher(
            said.validated_data["code"], currency=said.validated_data["currency"].upper(), at=now()
        )
        return Response(VoucherOut(found, context={"amount": said.validated_data.get("amount")}).data)


class OrderVouchers(APIView):
    """Pay an order, or a part of it, with a gift card or voucher."""

    scope = Scope.ORDERS_PAY
    throttle_classes = (Heavy,)

    @extend_schema(
        operation_id="orders_pay_by_voucher", parameters=[KEY], request=VoucherRedeemIn, responses={201: PaymentOut}
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        key = caller(request)
        said = VoucherRedeemIn(data=request.data)
        said.is_valid(raise_exception=True)
        order = find_for_key(number, key)
        payment = services.redeem_voucher(
            order,
            said.validated_data["code"],
            amount=said.validated_data.get("amount"),
            key=f"voucher:{key.pk}:{request.headers['Idempotency-Key'].strip()}"[:200],
            at=now(),
            actor=str(request.user),
            store=key.store or order.store,
            till=said.validated_data["till"],
        )
        return Response(PaymentOut(payment).data, status=201)
