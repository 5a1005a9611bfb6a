"""A flow: what file, from where, described how, meaning what."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.enums import AfterTaking, Coverage, Direction, Entity, FileFormat
from integrations.models.connections import Connection

_PERCENT = [MaxValueValidator(100)]


class Mapping(models.Model):
    """How a foreign file is written and which of its columns feeds which field.

    Text files in `integrations/mappings` hold those that come with the product.

    `columns`: `[{"field": "sku", "column": "Référence" | 0, …}]`; see docs/integrators.md for every option.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    entity = models.CharField(_("about"), max_length=30, choices=Entity)
    file_format = models.CharField(_("kind of file"), max_length=5, choices=FileFormat, default=FileFormat.CSV)
    encoding = models.CharField(_("encoding"), max_length=30, default="utf-8-sig")
    separator = models.CharField(_("separator"), max_length=4, default=";", help_text=_("\\t for a tab"))
    quote = models.CharField(_("quote"), max_length=1, default='"', blank=True)
    has_header = models.BooleanField(_("first line names the columns"), default=True)
    decimal_mark = models.CharField(_("decimal mark"), max_length=1, default=".")
    thousands_mark = models.CharField(_("thousands mark"), max_length=1, blank=True)
    date_format = models.CharField(
        _("date format"), max_length=40, default="iso", help_text=_("iso, or as in %d/%m/%Y")
    )
    columns = models.JSONField(_("columns"), default=list)
    options = models.JSONField(
        _("more options"), default=dict, blank=True, help_text=_("Rows to pass over, cells to split into rows.")
    )

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MappingVersion(models.Model):
    """A mapping as it stood from one change to the next. Never edited (the database refuses it); runs point at theirs.

    `definition` is what the engine reads (`formats.Definition.read`), `digest` its fingerprint.
    """

    mapping = models.ForeignKey(Mapping, models.CASCADE, related_name="versions", verbose_name=_("mapping"))
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    digest = models.CharField(max_length=16)
    made_at = models.DateTimeField(_("made"))
    actor = models.CharField(_("who"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("version of a mapping")
        verbose_name_plural = _("versions of mappings")
        ordering = ["mapping", "-number"]
        constraints = [models.UniqueConstraint(fields=["mapping", "number"], name="mapping_version_once")]

    def __str__(self) -> str:
        return f"{self.mapping_id} v{self.number}"


class Flow(models.Model):
    """A regular exchange. Its schedule is a row of django-celery-beat that calls it by code."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    entity = models.CharField(_("about"), max_length=30, choices=Entity)
    mapping = models.ForeignKey(
        Mapping,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("mapping"),
        help_text=_("Empty: the platform's own RAW format."),
    )
    coverage = models.CharField(_("a file holds"), max_length=5, choices=Coverage, default=Coverage.DELTA)
    connection = models.ForeignKey(
        Connection,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("connection"),
        help_text=_("The machine outside. Empty: a folder of this platform."),
    )
    folder = models.CharField(
        _("folder"),
        max_length=200,
        blank=True,
        help_text=_("Below the connection's folder, or below the flows folder; files are taken when complete."),
    )
    after_taking = models.CharField(
        _("a file that was taken"),
        max_length=6,
        choices=AfterTaking,
        default=AfterTaking.MOVE,
        help_text=_("At a connection; a file left there is taken again only when it changes."),
    )
    pattern = models.CharField(_("file names"), max_length=100, default="*.csv")
    expected_every_minutes = models.PositiveIntegerField(
        _("expected every, minutes"),
        null=True,
        blank=True,
        help_text=_("The dashboard calls the flow late after this."),
    )
    brake_price_fall = models.PositiveSmallIntegerField(
        _("a price falls much at, %"), default=30, validators=_PERCENT, help_text=_("Smaller falls are everyday.")
    )
    brake_price_share = models.PositiveSmallIntegerField(
        _("prices that fall much, % of the rows"), null=True, blank=True, default=20, validators=_PERCENT
    )
    brake_archived = models.PositiveSmallIntegerField(
        _("archived, % of what the flow feeds"), null=True, blank=True, default=10, validators=_PERCENT
    )
    brake_rows = models.PositiveSmallIntegerField(
        _("rows off the usual number, %"),
        null=True,
        blank=True,
        default=50,
        validators=_PERCENT,
        help_text=_("Of whole files, from the median of the last ten, before anything is written."),
    )
    brake_zero = models.PositiveSmallIntegerField(
        _("stock that goes to zero, % of the rows"), null=True, blank=True, default=40, validators=_PERCENT
    )
    brake_rejected = models.PositiveSmallIntegerField(
        _("refused rows, % of the file"), null=True, blank=True, default=30, validators=_PERCENT
    )
    longest_minutes = models.PositiveIntegerField(
        _("a run takes at most, minutes"), null=True, blank=True, help_text=_("Longer raises an alarm.")
    )
    volume_tolerance = models.PositiveIntegerField(
        _("rows may differ by, %"),
        null=True,
        blank=True,
        help_text=_("From the median of the last ten runs: raises an alarm. Whole files have the brake."),
    )
    failures_allowed = models.PositiveSmallIntegerField(
        _("alarm after failures in a row"), default=3, help_text=_("Failed runs, or looks at a machine outside.")
    )
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("flow")
        verbose_name_plural = _("flows")
        ordering = ["name"]
        permissions = [("run_flow", "Can run and rerun flows")]

    def __str__(self) -> str:
        return self.name
