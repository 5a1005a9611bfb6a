"""Choices of flows and runs (operations-domain 4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Entity(models.TextChoices):
    """What a file is about; `integrations/formats` holds one module each."""

    ARTICLES = "articles", _("articles")
    CATEGORIES = "categories", _("categories")
    ARTICLE_CATEGORIES = "article_categories", _("articles in categories")
    BRANDS = "brands", _("brands")
    REFERENCES = "references", _("references")
    MEDIA = "media", _("pictures, films and documents")
    TRANSLATIONS = "translations", _("translations")
    LABEL_SLOTS = "label_slots", _("slots of labels")
    LABELS = "labels", _("labels")
    PRODUCT_LABELS = "product_labels", _("labels of articles")
    ASSOCIATIONS = "associations", _("associations")
    DIMENSIONS = "dimensions", _("dimensions")
    ATTRIBUTES = "attributes", _("attributes")
    ATTRIBUTE_VALUES = "attribute_values", _("values of list attributes")
    PRICES = "prices", _("prices")
    STORES = "stores", _("stores")
    STOCK = "stock", _("stock")
    ORDERS = "orders", _("orders")
    CUSTOMERS = "customers", _("customers")


class FileFormat(models.TextChoices):
    """How a file's rows are written."""

    CSV = "csv", _("text with separators (CSV)")
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    JSON = "json", _("JSON")
    JSONL = "jsonl", _("JSON, one object a line")
    XML = "xml", _("XML")
    FIXED = "fixed", _("text with fixed widths")


class Direction(models.TextChoices):
    IN = "in", _("import")
    OUT = "out", _("export")


class Coverage(models.TextChoices):
    """What absence from the file means."""

    DELTA = "delta", _("some rows: absent means unchanged")
    FULL = "full", _("whole file: absent means archived")


class ConnectionKind(models.TextChoices):
    """How a machine outside is spoken to; `integrations/transports` holds one module each."""

    FOLDER = "folder", _("folder below the flows folder")
    SFTP = "sftp", _("SFTP")
    FTPS = "ftps", _("FTPS (FTP with TLS)")
    FTP = "ftp", _("FTP (nothing is encrypted)")
    S3 = "s3", _("S3 or compatible")
    HTTP = "http", _("web address (fetch only)")
    PIVOT = "pivot", _("pivot tables of this platform")


class AfterTaking(models.TextChoices):
    """What becomes of a file outside once we have it."""

    MOVE = "move", _("move it into the folder “done”")
    KEEP = "keep", _("leave it there")
    DELETE = "delete", _("delete it")


class TriggerKind(models.TextChoices):
    """What starts a flow by itself."""

    INTERVAL = "interval", _("every so many minutes")
    CRON = "cron", _("at fixed times (cron)")
    WEEKLY = "weekly", _("on weekdays, in a window")
    EVENT = "event", _("when something happens")
    AFTER = "after", _("after another flow")
    FILES = "files", _("when several files lie ready together")


class EventKind(models.TextChoices):
    """Events of the logbook that may start a flow."""

    ORDER_PLACED = "orders.order_placed", _("an order was placed")
    PAYMENT_RECEIVED = "orders.payment_received", _("a payment came in")
    ORDER_CANCELLED = "orders.order_cancelled", _("an order was cancelled")
    ORDER_READY = "orders.order_ready", _("an order is ready")
    ORDER_DONE = "orders.order_done", _("an order was handed over")
    PRODUCTS_CHANGED = "catalog.products_changed", _("products changed")
    PRICES_CHANGED = "catalog.prices_changed", _("prices changed")
    STOCK_CHANGED = "logistics.stock_changed", _("stock changed")
    STOCK_LOW = "logistics.stock_low", _("last pieces of a product")
    CAMPAIGN_CHANGED = "campaigns.campaign_changed", _("a campaign changed")
    STORES_CHANGED = "stores.stores_changed", _("stores changed")


class ExportKind(models.TextChoices):
    """What an export flow writes."""

    CATALOGUE = "catalogue", _("catalogue")
    PRICES = "prices", _("prices")
    STOCK = "stock", _("stock")
    ORDERS = "orders", _("orders, all of them")
    CUSTOMERS = "customers", _("customers")
    GOOGLE = "google", _("Google Merchant: products")
    GOOGLE_LOCAL = "google_local", _("Google Merchant: stock of stores")
    AGGREGATOR = "aggregator", _("aggregator (Lengow and the like)")
    JOURNALS = "journals", _("journals of the books: what no extract holds yet")


FEEDS = (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL, ExportKind.AGGREGATOR)


class ListState(models.TextChoices):
    """A list of Office on its way into a file."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", pgettext_lazy("file", "there")
    FAILED = "failed", _("failed")
    GONE = "gone", pgettext_lazy("file", "gone")


class ExportFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")
    JSON = "json", _("JSON")


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    HELD = "held", pgettext_lazy("run", "held")
    DONE = "done", _("done")
    DONE_WITH_REJECTIONS = "done_with_rejections", _("done with rejections")
    FAILED = "failed", _("failed")
    SUPERSEDED = "superseded", _("superseded")
    IGNORED = "ignored", _("ignored")
    CANCELLED = "cancelled", _("cancelled")


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", _("schedule")
    UPLOAD = "upload", _("upload")
    API = "api", _("API")
    HAND = "hand", _("by hand")
    RERUN = "rerun", _("rerun")
    RECOVERY = "recovery", _("recovery after a crash")
    EVENT = "event", _("event")
    UNDO = "undo", _("undo")


class ChangeKind(models.TextChoices):
    """What a run did, or would do, to a row of ours."""

    ADDED = "added", pgettext_lazy("difference", "added")
    CHANGED = "changed", _("changed")
    ARCHIVED = "archived", _("archived")
    REMOVED = "removed", _("removed")
    KEPT = "kept", _("kept by a lock")


class PaymentService(models.TextChoices):
    """Payment providers with whom we have an account; the value is their name in `PAYMENT_PROVIDERS`."""

    STRIPE = "stripe_card", "Stripe"
