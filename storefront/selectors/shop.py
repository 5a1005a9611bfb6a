"""What every page of the shop needs to know, asked only when a page needs it."""

import uuid
from functools import cached_property

from django.core.cache import cache
from django.db.models import Sum

from altazion.lib.written import Written, written
from discovery.selectors import index_version
from orders.models import CartLine
from stores.models import SalesChannel, Site, Store
from stores.selectors import pickup_stores, site_for

STORE_COOKIE = "store"  # the code of the reference store that the shopper chose (COM-3)
CART_COOKIE = "cart"  # the secret token of the shopper's basket
COOKIE_AGE = 60 * 60 * 24 * 90
KEEP_SECONDS = 15


class Shop:
    """Where a request came in: site, channel, language, and what the shopper's browser remembers.

    Nothing is read from the database before it is asked for; without a cookie neither store nor basket cost a query.
    """

    def __init__(self, *, host: str, language: str, store_code: str = "", cart_token: str = "") -> None:
        self._host = host
        self.language = language
        self._store_code = store_code[:30]
        self.cart_token = _uuid(cart_token)

    def afresh(self) -> None:
        """Read site and stores as they are now: for a page that is going to be kept."""
        cache.delete_many([f"site:{self._host}", "pickup-stores"])

    @cached_property
    def site(self) -> Site:
        """The site of this host, as it was at most some seconds ago. Raises NotFound."""
        key = f"site:{self._host}"
        site: Site | None = cache.get(key)
        if site is None:
            site = site_for(self._host)
            cache.set(key, site, KEEP_SECONDS)
        return site

    @property
    def tagline(self) -> Written:
        """What the shop says of itself, in the visitor's language where it does."""
        return written(self.site.translations, self.language, "tagline", self.site.tagline)

    @property
    def channel(self) -> SalesChannel:
        """The site's sales channel. Raises NotFound."""
        return self.site.channel

    @cached_property
    def store(self) -> Store | None:
        """The reference store, if one is chosen and offers pickup, as it was at most some seconds ago."""
        if not self._store_code:
            return None
        return next((store for store in self.pickup_stores if store.code == self._store_code), None)

    @cached_property
    def pickup_stores(self) -> list[Store]:
        """The stores where orders can be collected, by name, as they were at most some seconds ago."""
        kept: list[Store] | None = cache.get("pickup-stores")
        if kept is None:
            kept = pickup_stores()
            cache.set("pickup-stores", kept, KEEP_SECONDS)
        return kept

    @cached_property
    def index_version(self) -> str:
        """Of what the channel lists: whatever is kept about it carries this in its key. Asked once a page."""
        return index_version(self.channel)

    @cached_property
    def cart_count(self) -> int:
        """How many pieces lie in the basket."""
        if self.cart_token is None:
            return 0
        open_lines = CartLine.objects.filter(cart__token=self.cart_token, cart__ordered_at=None)
        return open_lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
