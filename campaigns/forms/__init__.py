"""What a person types about campaigns and landing pages."""

from campaigns.forms.blocks import BlockForm, Questions, questions_form
from campaigns.forms.operations import CampaignForm, PreviewForm
from campaigns.forms.pages import LandingPageForm, PreviewPageForm

__all__ = [
    "BlockForm",
    "CampaignForm",
    "LandingPageForm",
    "PreviewForm",
    "PreviewPageForm",
    "Questions",
    "questions_form",
]
