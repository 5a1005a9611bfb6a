"""Registers the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks_mgmt"
    verbose_name = _("Team tasks")
