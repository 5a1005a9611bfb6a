"""Signing in and out, new accounts, forgotten passwords (COM-6). No page tells whether an address has an account."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from altazion.lib.clock import now
from customers.services import register_customer, sign_up
from orders.services import merge_at_login
from storefront.forms.account import ForgottenForm, NewPasswordForm, RegisterForm, SignInForm
from storefront.services import Door
from storefront.views.buying import remember_cart, shop_of

MAIL = "storefront/mail/password.txt"
SUBJECT = "storefront/mail/password_subject.txt"


def bring_basket(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Join the browser's basket to the account's."""
    shop, customer = shop_of(request), register_customer(user, at=now())
    cart = merge_at_login(shop.cart_token, customer, shop.channel, at=now())
    if cart is not None:
        remember_cart(response, cart)


class SignIn(LoginView):
    """E-mail and password, six tries in a quarter of an hour."""

    template_name = "storefront/account/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        door = self._door()
        if wait := door.closed_for(now()):
            form = self.get_form_class()(request)
            word = ngettext(
                "Too many wrong tries. Try again in %(n)s minute.",
                "Too many wrong tries. Try again in %(n)s minutes.",
                wait,
            )
            facts = self.get_context_data(form=form, refused=word % {"n": wait})
            response = self.render_to_response(facts, status=429)
            response["Retry-After"] = str(wait * 60)
            return response
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(cast(SignInForm, form))
        self._door().opened()
        bring_basket(self.request, response, cast(User, self.request.user))
        return response

    def form_invalid(self, form: BaseForm) -> HttpResponse:  # type: ignore[override]
        self._door().failed(now())
        return self.render_to_response(self.get_context_data(form=cast(SignInForm, form).announce()), status=422)

    def _door(self) -> Door:
        return Door(self.request.POST.get("username", "")[:254], self.request.META.get("REMOTE_ADDR", ""))


class SignOut(LogoutView):
    """By POST alone; the basket of the account leaves this browser with its owner."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        remember_cart(response, None)
        return response


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Begin an account: the mailbox gets the link, the page says the same for known and unknown addresses."""
    if request.user.is_authenticated:
        return redirect("storefront:account")
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sign_up(
            email=form.cleaned_data["email"],
            first_name=form.cleaned_data["first_name"],
            last_name=form.cleaned_data["last_name"],
            language=shop_of(request).language,
            at=now(),
        )
        letter = ForgottenForm({"email": form.cleaned_data["email"]})
        if letter.is_valid():
            letter.save(
                request=request,
                use_https=request.is_secure(),
                token_generator=default_token_generator,
                email_template_name=MAIL,
                subject_template_name=SUBJECT,
                extra_email_context={"welcome": True, "shop": shop_of(request)},  # type: ignore[dict-item]
            )
        return redirect("storefront:password_reset_done")
    facts = {"form": form.announce() if form.is_bound else form}
    return render(request, "storefront/account/register.html", facts, status=422 if form.is_bound else 200)


class Forgotten(PasswordResetView):
    """Ask for a link to choose a new password."""

    template_name = "storefront/account/password_forgotten.html"
    form_class = ForgottenForm
    email_template_name = MAIL
    subject_template_name = SUBJECT
    success_url = reverse_lazy("storefront:password_reset_done")

    def form_valid(self, form: Any) -> HttpResponse:
        self.extra_email_context = {"shop": shop_of(self.request)}
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form.announce()), status=422)


class Sent(PasswordResetDoneView):
    """A letter is on its way, if there is somebody to get it."""

    template_name = "storefront/account/password_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without a mail server, say where letters are written."""
        folder = getattr(settings, "EMAIL_FILE_PATH", None)
        written = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") and not settings.PRODUCTION
        return super().get_context_data(**kwargs, folder=folder if written else "")


class NewPassword(PasswordResetConfirmView):
    """Choose a password by the link of the letter; one is signed in at once."""

    template_name = "storefront/account/password_new.html"
    form_class = NewPasswordForm
    post_reset_login = True
    success_url = reverse_lazy("storefront:account")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        bring_basket(self.request, response, cast(User, self.user))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form.announce()), status=422)
