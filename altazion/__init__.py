"""The frame: settings, urls, queue, back office site and the embedded services."""

from altazion.celery import app as celery_app

__all__ = ["celery_app"]
