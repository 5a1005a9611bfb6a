"""Accounts with payment providers: secrets go in and never come out, a button tries them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor, badge
from integrations import services
from integrations.forms import PaymentAccountForm
from integrations.models import PaymentAccount
from integrations.payments.stripe_card import OUTCOMES


@admin.register(PaymentAccount)
class PaymentAccountAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Which keys we have with whom, and how the last test went."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    form = PaymentAccountForm
    list_display = ("name", "provider", "standing", "tested_at", "active")
    change_form_outer_before_template = "office/integrations/payment_account_bar.html"
    fieldsets = (
        (None, {"fields": ("name", "provider", "active")}),
        (gettext_lazy("How we sign in"), {"fields": ("key", "proof")}),
    )

    def get_urls(self) -> list[URLPattern]:
        test = path("<int:pk>/test/", self.admin_site.admin_view(try_it), name="integrations_paymentaccount_test")
        return [test, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("provider",) if obj else ()

    def save_model(self, request: HttpRequest, obj: PaymentAccount, form: ModelForm, change: bool) -> None:
        said = form.cleaned_data
        services.save_payment_account(
            obj, key=said.get("key") or "", proof=said.get("proof") or "", at=now(), actor=actor(request)
        )

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        account = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "account": account}
        if account:
            context |= {
                "standing": self.standing(account),
                "may_test": request.user.has_perm("integrations.change_paymentaccount"),
                "callback": request.build_absolute_uri(reverse("payment_callback", args=[account.provider])),
                "kinds": sorted(OUTCOMES),
            }
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("how it stands"))
    def standing(self, account: PaymentAccount) -> SafeString:
        if not account.active:
            return badge(_("off"))
        if not (account.sealed_key and account.sealed_proof):
            return badge(_("a secret is missing"), "bad")
        if account.test_passed is None:
            return badge(_("not tested yet"), "warn")
        if account.test_passed:
            return badge(_("test passed"), "good", account.test_message)
        return badge(_("test failed"), "bad", account.test_message)


@require_POST
def try_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider whether it knows us."""
    if not request.user.has_perm("integrations.change_paymentaccount"):
        raise PermissionDenied
    account = PaymentAccount.objects.filter(pk=pk).first()
    if account is None:
        raise Http404
    account = services.check_payment_account(account, at=now(), actor=actor(request))
    tell = messages.success if account.test_passed else messages.error
    tell(request, account.test_message)
    return HttpResponseRedirect(reverse("admin:integrations_paymentaccount_change", args=[pk]))
