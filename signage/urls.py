"""Addresses of screens."""

from django.urls import path

from signage.views import screen_data, screen_page

app_name = "signage"
urlpatterns = [
    path("<uuid:token>/", screen_page, name="screen"),
    path("<uuid:token>/data.json", screen_data, name="screen_data"),
]
