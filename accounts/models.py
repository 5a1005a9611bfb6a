"""People who may sign in, the keys that machines carry, and the answers already given to them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountKind, Scope
from stores.models import Store


class UserManager(BaseUserManager["User"]):
    """Makes accounts that are named by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """Anyone who signs in: colleagues in Office, shoppers in the shop. Archived, never deleted."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind, default=AccountKind.STANDARD)
    language = models.CharField(
        _("language"), max_length=5, default="fr", choices=[("fr", _("French")), ("en", _("English"))]
    )
    job = models.CharField(_("job"), max_length=80, blank=True)
    stores = models.ManyToManyField(
        Store,
        blank=True,
        related_name="colleagues",
        verbose_name=_("stores"),
        help_text=_("A store account sees the orders and stock of these stores only."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class ApiKey(models.Model):
    """A machine's key: shown once when made, kept as a hash, with the scopes it opens."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("starts with"), max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope), default=list, verbose_name=_("scopes"))
    system = models.SlugField(
        _("system"), max_length=40, help_text=_("The outside system it speaks for: erp, till-lyon…")
    )
    store = models.ForeignKey(
        Store,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("store"),
        help_text=_("A till's key reaches the orders of this store only."),
    )
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentCall(models.Model):
    """An answer given to a call that carried an Idempotency-Key; the same call again gets the same answer."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answered call")
        verbose_name_plural = _("answered calls")
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key


class SavedFilter(models.Model):
    """A filter of an Office list under a name: for its owner, or for every colleague when shared."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name=_("colleague"))
    page = models.CharField(_("list"), max_length=80)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=2000)
    shared = models.BooleanField(_("for all colleagues"), default=False)
    is_default = models.BooleanField(_("the list opens with it"), default=False)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="one_filter_per_name"),
            models.UniqueConstraint(
                fields=["owner", "page"], condition=models.Q(is_default=True), name="one_default_filter_per_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferedRight(models.Model):
    """A right that a role was given once: taken away by a colleague it does not come back by itself."""

    group = models.ForeignKey("auth.Group", models.CASCADE, related_name="offered", verbose_name=_("role"))
    permission = models.ForeignKey("auth.Permission", models.CASCADE, related_name="+", verbose_name=_("right"))

    class Meta:
        verbose_name = _("right offered to a role")
        verbose_name_plural = _("rights offered to roles")
        constraints = [models.UniqueConstraint(fields=["group", "permission"], name="right_offered_once")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.permission_id}"
