"""The queue. Tasks live in each room's `tasks.py`; schedules are rows of django-celery-beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altazion.settings")

app = Celery("altazion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
