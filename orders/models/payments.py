"""Money: ways to pay, and every attempt and receipt. A receipt carries the key under which it may come twice."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import Spoken
from orders.enums import AttemptState, CaptureWhen, MethodKind
from stores.models import SalesChannel, Store


class PaymentMethod(Spoken, models.Model):
    """A way to pay, offered where its limits allow."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("shown to the shopper"), max_length=200, blank=True)
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField())
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MethodKind)
    provider = models.SlugField(_("provider"), max_length=40, help_text=_("Name of an adapter in PAYMENT_PROVIDERS."))
    channels = models.ManyToManyField(SalesChannel, related_name="payment_methods", verbose_name=_("channels"))
    min_amount = models.DecimalField(_("from an amount of"), max_digits=10, decimal_places=2, default=0)
    max_amount = models.DecimalField(_("up to an amount of"), max_digits=10, decimal_places=2, null=True, blank=True)
    capture_when = models.CharField(
        _("the money is taken"),
        max_length=10,
        choices=CaptureWhen,
        default=CaptureWhen.ORDERED,
        db_default=CaptureWhen.ORDERED,
    )
    hold_minutes = models.PositiveIntegerField(_("minutes that stock is held while paying"), default=30)
    accounting_code = models.CharField(_("accounting code"), max_length=20, blank=True, default="511000")
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Payment(models.Model):
    """An attempt to pay an order, and the receipt once its provider, or a till, has said so."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments", verbose_name=_("order"))
    method = models.ForeignKey(PaymentMethod, models.PROTECT, verbose_name=_("method"))
    state = models.CharField(_("state"), max_length=10, choices=AttemptState, default=AttemptState.STARTED)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    key = models.CharField(
        _("key"), max_length=200, unique=True, help_text=_("The same payment told twice counts once.")
    )
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    till = models.CharField(_("till"), max_length=60, blank=True)
    message = models.CharField(_("message"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started"))
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    capture_later = models.BooleanField(_("taken when prepared"), default=False, db_default=False)
    authorised = models.DecimalField(_("authorised"), max_digits=12, decimal_places=2, null=True, blank=True)
    expires_at = models.DateTimeField(_("authorised until"), null=True, blank=True)
    warned_at = models.DateTimeField(_("end told"), null=True, blank=True)
    asked = models.DecimalField(
        _("to be taken"), max_digits=12, decimal_places=2, null=True, blank=True, help_text=_("Of what is authorised.")
    )
    called_at = models.DateTimeField(_("provider called"), null=True, blank=True)
    first_called_at = models.DateTimeField(_("provider first called"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=~Q(state=AttemptState.RECEIVED) | Q(received_at__isnull=False), name="received_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(asked=None) | Q(asked__gt=0, asked__lte=models.F("authorised")),
                name="no_more_taken_than_authorised",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "expires_at"],
                condition=Q(state__in=["authorised", "capturing", "voiding"]),
                name="payment_to_watch",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def call_key(self) -> str:
        """Under which its provider is asked: the same until it gave an answer, so that it acts once."""
        return f"{self.state}:{self.guid}:{self.tries}"
