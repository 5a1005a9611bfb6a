"""Campaigns and what they show: operations on prices, landing pages."""

from campaigns.models.operations import Campaign
from campaigns.models.pages import Block, LandingPage, PageAddress

__all__ = ["Block", "Campaign", "LandingPage", "PageAddress"]
