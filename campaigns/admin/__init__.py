"""Office pages of campaigns."""

from campaigns.admin.content import ContentPages
from campaigns.admin.operations import CampaignAdmin
from campaigns.admin.pages import LandingPageAdmin

__all__ = ["CampaignAdmin", "ContentPages", "LandingPageAdmin"]
