"""Team tasks, written by people or born from events (OFF-19, OFF-20; choices A9 to A12)."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Importance(models.IntegerChoices):
    LOW = 10, _("low")
    NORMAL = 20, _("normal")
    URGENT = 30, _("urgent")
    CRITICAL = 40, _("critical")


class TaskState(models.TextChoices):
    OPEN = "open", _("to do")
    TO_VALIDATE = "to_validate", _("to validate")
    DONE = "done", _("done")
    IGNORED = "ignored", _("ignored")


class TaskKind(models.Model):
    """What may give birth to a task, who gets it, how soon: one row per cause, switched off without code."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=120)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, verbose_name=_("for the group"))
    importance = models.PositiveSmallIntegerField(_("importance"), choices=Importance, default=Importance.NORMAL)
    due_in_hours = models.PositiveSmallIntegerField(_("due within, hours"), default=24)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("kind of task")
        verbose_name_plural = _("kinds of task")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class Task(models.Model):
    """Something to do about something. For a person or a group; a group's task is claimed by who first processes it."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.ForeignKey(TaskKind, models.SET_NULL, null=True, blank=True, verbose_name=_("kind"))
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    importance = models.PositiveSmallIntegerField(_("importance"), choices=Importance, default=Importance.NORMAL)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=TaskState, default=TaskState.OPEN)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks_asked",
        verbose_name=_("asked by"),
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("for")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("for the group")
    )
    validator_returns_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goes back to"),
    )
    subject_kind = models.CharField(_("about"), max_length=40, blank=True)
    subject_id = models.CharField(_("identifier"), max_length=64, blank=True)
    subject_label = models.CharField(_("about"), max_length=200, blank=True)
    subject_url = models.CharField(_("page"), max_length=300, blank=True)
    cause = models.CharField(_("cause"), max_length=160, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-importance", "due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cause"],
                condition=~Q(cause="") & Q(state__in=["open", "to_validate"]),
                name="one_open_task_per_cause",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(group__isnull=False), name="task_has_a_recipient"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "state"], name="task_recipient"),
            models.Index(fields=["group", "state"], name="task_group"),
            models.Index(fields=["subject_kind", "subject_id"], name="task_subject"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskStep(models.Model):
    """One hop in the life of a task."""

    class Action(models.TextChoices):
        ASKED = "asked", _("asked")
        CLAIMED = "claimed", _("taken")
        PROCESSED = "processed", _("processed")
        IGNORED = "ignored", _("ignored")
        TRANSFERRED = "transferred", _("transferred")
        SENT_FOR_VALIDATION = "sent_for_validation", _("sent for validation")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        REOPENED = "reopened", _("reopened")

    task = models.ForeignKey(Task, models.CASCADE, related_name="steps", verbose_name=_("task"))
    action = models.CharField(_("action"), max_length=20, choices=Action)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to")
    )
    to_group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to the group")
    )
    word = models.CharField(_("word"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_action_display()
