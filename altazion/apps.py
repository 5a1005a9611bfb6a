"""Registers the frame: its static files, commands, and the consumers of all rooms."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FrameConfig(AppConfig):
    name = "altazion"

    def ready(self) -> None:
        autodiscover_modules("consumers")
