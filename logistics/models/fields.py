"""Fields of this room."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class WeekDays(models.CharField):
    """ISO weekdays as their digits, in order: "12345" is Monday to Friday."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"max_length": 7, "default": "12345", "db_default": "12345", **kwargs}
        kwargs.setdefault("validators", [RegexValidator(r"^1?2?3?4?5?6?7?$", _("Digits 1 to 7: Monday is 1."))])
        super().__init__(*args, **kwargs)
