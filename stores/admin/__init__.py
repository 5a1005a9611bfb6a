"""Office pages about where we sell."""

from stores.admin.places import SalesChannelAdmin, SiteAdmin, StoreAdmin, ZoneAdmin
from stores.admin.redirects import RedirectAdmin

__all__ = ["RedirectAdmin", "SalesChannelAdmin", "SiteAdmin", "StoreAdmin", "ZoneAdmin"]
