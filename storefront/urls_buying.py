"""Addresses of buying: basket, checkout, orders, account."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from storefront.views import account, basket, checkout, documents, order, returns, sandbox_bank, signing_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/line/", basket.change, name="basket_line"),
    path("checkout/", checkout.show, name="checkout"),
    path("order/<uuid:guid>/", order.show, name="order"),
    path("order/<uuid:guid>/state/", order.state, name="order_state"),
    path("order/<uuid:guid>/pay/", order.pay, name="order_pay"),
    path("order/<uuid:guid>/card/", order.voucher, name="order_voucher"),
    path("order/<uuid:guid>/cancel/", order.cancel, name="order_cancel"),
    path("order/<uuid:guid>/return/", returns.ask, name="return_ask"),
    path("return/<uuid:guid>/", returns.slip, name="return_slip"),
    path("return/<uuid:guid>/withdraw/", returns.withdraw, name="return_withdraw"),
    path("order/<uuid:guid>/again/", order.again, name="order_again"),
    path("order/<uuid:guid>/document/<uuid:document>/", documents.document, name="order_document"),
    path("sandbox-bank/<uuid:guid>/", sandbox_bank.page, name="sandbox_bank"),
    path("account/", account.overview, name="account"),
    path("account/orders/", account.orders, name="account_orders"),
    path("account/invoices/", documents.documents, name="account_documents"),
    path("account/profile/", account.profile, name="account_profile"),
    path("account/addresses/", account.addresses, name="account_addresses"),
    path("account/addresses/<int:pk>/", account.address, name="account_address"),
    path("account/addresses/<int:pk>/remove/", account.remove, name="account_address_remove"),
    path("account/login/", signing_in.SignIn.as_view(), name="login"),
    path("account/logout/", signing_in.SignOut.as_view(), name="logout"),
    path("account/register/", signing_in.register, name="register"),
    path("account/password/", signing_in.Forgotten.as_view(), name="password_reset"),
    path("account/password/sent/", signing_in.Sent.as_view(), name="password_reset_done"),
    path("account/password/<uidb64>/<token>/", signing_in.NewPassword.as_view(), name="password_reset_confirm"),
]
