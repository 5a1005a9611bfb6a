"""Addresses below /api/v1/."""

from django.urls import path

from discovery.api import views

urlpatterns = [
    path("explain", views.ExplainView.as_view(), name="explain"),
    path("merchandising-rules", views.RulesView.as_view(), name="merchandising_rules"),
    path("merchandising-rules/<int:pk>", views.RuleView.as_view(), name="merchandising_rule"),
    path("search-redirects", views.RedirectsView.as_view(), name="search_redirects"),
    path("search-redirects/<int:pk>", views.RedirectView.as_view(), name="search_redirect"),
    path("synonyms", views.SynonymsView.as_view(), name="synonyms"),
    path("synonyms/<int:pk>", views.SynonymSetView.as_view(), name="synonym_set"),
]
