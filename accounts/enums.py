"""Kinds of account (catalogue-domain 7) and what an API key may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    STANDARD = "standard", _("colleague")
    STORE = "store", _("store account: sees its stores only")
    SHOPPER = "shopper", _("shopper: no back office")


class Scope(models.TextChoices):
    """What an API key opens. A view names the one it needs."""

    CATALOG_READ = "catalog:read", _("read the catalogue")
    CATALOG_WRITE = "catalog:write", _("write selections and keywords of the catalogue")
    PRODUCTS_WRITE = "products:write", _("make, change and archive products")
    SEARCH_READ = "search:read", _("read how searches are understood and lists are ordered")
    SEARCH_WRITE = "search:write", _("write synonyms and searches that lead to a page")
    AVAILABILITY_READ = "availability:read", _("ask for availability")
    STOCK_READ = "stock:read", _("read stock and what moved")
    STOCK_WRITE = "stock:write", _("move, withdraw and count stock")
    ORDERS_READ = "orders:read", _("read orders")
    ORDERS_EXPORT = "orders:export", _("pull and acknowledge new orders")
    BOOKS_EXPORT = "books:export", _("hand the books to the accounting software")
    BOOKS_IMPORT = "books:import", _("send bank statements")
    ORDERS_CHANGE = "orders:change", _("cancel, hold and take back orders")
    ORDERS_PAY = "orders:pay", _("post payments of a till")
    PREPARATION = "preparation:write", _("prepare and send orders (logistics tools)")
    FLOWS_RUN = "flows:run", _("start flows and read their runs")
    FLOWS_ADMIN = "flows:admin", _("set up the machines that flows talk to")
    SELLERS_SYNC = "sellers:sync", _("feed seller tablets")
    SIGNAGE_READ = "signage:read", _("feed screens")
