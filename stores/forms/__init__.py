"""What people type about where we sell."""

from stores.forms.places import StoreForm
from stores.forms.redirects import RedirectForm, RedirectListForm

__all__ = ["RedirectForm", "RedirectListForm", "StoreForm"]
