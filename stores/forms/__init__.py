"""What people type about where we sell."""

from stores.forms.places import StoreForm
from stores.forms.redirects import RedirectForm, RedirectListForm
from stores.forms.sites import SiteForm

__all__ = ["RedirectForm", "RedirectListForm", "SiteForm", "StoreForm"]
