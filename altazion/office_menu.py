"""Office: its name, colours and navigation by block.

Read by the settings, so nothing here touches models or addresses before a page asks.
"""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Entry = tuple[str, Text, str]  # model as "app.model" or the name of an address, title, picture

BLOCKS: list[tuple[Text, list[Entry]]] = [
    (
        _("Office"),
        [
            ("catalog.product", _("Products"), "deployed_code"),
            ("catalog_product_scan", _("Scan a code"), "barcode_scanner"),
            ("catalog_product_files", _("Files by name"), "drive_folder_upload"),
            ("catalog.mediafetch", _("Files to fetch"), "cloud_download"),
            ("catalog.family", _("Families"), "category"),
            ("catalog.segment", _("Segments"), "account_tree"),
            ("catalog.brand", _("Brands"), "workspace_premium"),
            ("catalog.source", _("Sources of products"), "layers"),
            ("catalog.fieldorder", _("Orders of fields"), "low_priority"),
            ("catalog.fieldlock", _("Locks of fields"), "lock"),
            ("catalog.attribute", _("Attributes"), "tune"),
            ("catalog.criterion", _("Criteria"), "filter_alt"),
            ("catalog.associationkind", _("Kinds of association"), "link"),
            ("catalog.requirement", _("Completeness"), "fact_check"),
            ("catalog.flagname", _("Names of marks"), "flag"),
            ("catalog.labelslot", _("Labels"), "sell"),
            ("catalog.documentkind", _("Kinds of document"), "description"),
            ("catalog.producttype", _("Product types"), "shapes"),
            ("catalog.vatrate", _("VAT rates"), "percent"),
            ("catalog.selection", _("Selections"), "playlist_add_check"),
            ("catalog.keyword", _("Keywords"), "sell"),
            ("catalog.keywordcategory", _("Keyword categories"), "label"),
            ("discovery.merchandisingrule", _("Order of lists"), "swap_vert"),
            ("discovery.synonymset", _("Synonyms"), "compare_arrows"),
            ("discovery.searchredirect", _("Searches with a page"), "directions"),
            ("discovery.relevancetest", _("Relevance tests"), "rule"),
            ("campaigns.campaign", _("Campaigns"), "campaign"),
            ("campaigns.landingpage", _("Landing pages"), "web"),
            ("customers.customer", _("Customers"), "group"),
            ("accounts.user", _("Team"), "badge"),
            ("auth.group", _("Rights by group"), "shield_person"),
            ("tasks_mgmt.taskkind", _("Kinds of task"), "rule_settings"),
        ],
    ),
    (
        _("Commerce"),
        [
            ("orders.order", _("Orders"), "receipt_long"),
            ("orders.payment", _("Payments"), "payments"),
            ("logistics.preparation", _("Preparation slips"), "shopping_basket"),
            ("logistics.parcel", _("Parcels"), "package_2"),
            ("logistics.handoverlist", _("Hand-over lists"), "fact_check"),
            ("orders.refund", _("Refunds"), "currency_exchange"),
            ("orders.cancelreason", _("Cancellations"), "cancel"),
            ("orders.return", _("Returns"), "assignment_return"),
            ("orders.returnpolicy", _("Terms of return"), "event_repeat"),
            ("orders.orderrisk", _("Risks"), "gpp_maybe"),
            ("orders.dispute", _("Disputes"), "gavel"),
            ("orders.riskrule", _("Risk rules"), "policy"),
            ("orders.risktolerance", _("Risk borne"), "speed"),
            ("orders.voucher", _("Gift cards and vouchers"), "card_giftcard"),
            ("orders.paymentmethod", _("Payment methods"), "credit_card"),
            ("orders.cart", _("Carts"), "shopping_cart"),
            ("stores.site", _("Sites"), "language"),
            ("stores.formeraddress", _("Redirects"), "alt_route"),
            ("stores.saleschannel", _("Sales channels"), "hub"),
        ],
    ),
    (
        _("Accounting"),
        [
            ("accounting.invoice", _("Invoices"), "request_quote"),
            ("accounting.creditnote", _("Credit notes"), "receipt"),
            ("accounting.entry", _("Books"), "account_balance"),
            ("accounting.journal", _("Journals of the books"), "library_books"),
            ("accounting.account", _("Accounts"), "account_tree"),
            ("accounting.extract", _("Extracts of the books"), "file_export"),
            ("accounting.accountrule", _("Rules of accounts"), "rule_settings"),
            ("accounting.closing", _("Closed periods"), "lock_clock"),
            ("accounting.company", _("Who invoices"), "apartment"),
            ("accounting.statement", _("Bank statements"), "account_balance_wallet"),
            ("accounting.anomaly", _("Bank anomalies"), "report"),
            ("accounting.bankaccount", _("Bank accounts"), "savings"),
        ],
    ),
    (
        _("Orchestrator"),
        [
            ("logistics.stockbalance", _("Stock"), "inventory_2"),
            ("logistics.stockmovement", _("Movements"), "swap_vert"),
            ("logistics.reservation", _("Reservations"), "bookmark"),
            ("logistics.withdrawal", _("Withdrawn stock"), "block"),
            ("logistics.sheet", _("Stock sheets"), "assignment"),
            ("logistics.storagezone", _("Storage zones"), "shelves"),
            ("stores.store", _("Stores"), "storefront"),
            ("stores.zone", _("Zones of stores"), "map"),
            ("logistics.place", _("Places"), "warehouse"),
            ("logistics.supplysource", _("Supply sources"), "conversion_path"),
            ("logistics.supplyrule", _("Supply rules"), "rule"),
            ("logistics.shelflocation", _("Shelf locations"), "shelves"),
            ("logistics.routingrule", _("Routing rules"), "fork_right"),
            ("logistics.routingpolicy", _("Routing policies"), "tune"),
            ("logistics.channelthreshold", _("Thresholds of products"), "vertical_align_bottom"),
            ("logistics.deliverymode", _("Delivery modes"), "local_shipping"),
            ("logistics.carrier", _("Carriers"), "delivery_truck_speed"),
            ("logistics.deliveryzone", _("Delivery zones"), "public"),
            ("logistics.deliverygroup", _("Delivery headings"), "segment"),
            ("logistics.fulfilmenttype", _("Ways of preparation"), "construction"),
            ("logistics.productdelivery", _("Delivery of products"), "package_2"),
        ],
    ),
    (
        _("Automate"),
        [
            ("integrations.flow", _("Flows"), "sync_alt"),
            ("integrations.run", _("Runs"), "history"),
            ("integrations.mapping", _("Mappings"), "schema"),
            ("integrations.connection", _("Connections"), "cable"),
            ("integrations.paymentaccount", _("Payment accounts"), "key"),
            ("integrations_pivot", _("Pivot base"), "table_chart"),
            ("integrations.feedstop", _("Off the feeds"), "remove_shopping_cart"),
            ("integrations.listexport", _("Lists taken away"), "download"),
            ("django_celery_beat.periodictask", _("Schedules"), "schedule"),
            ("django_celery_beat.intervalschedule", _("Intervals"), "timer"),
            ("django_celery_beat.crontabschedule", _("Fixed times"), "calendar_clock"),
        ],
    ),
    (
        _("Hub"),
        [
            ("accounts.apikey", _("API keys"), "key"),
            ("integrations.orderhandover", _("Orders handed over"), "outbox"),
            ("logbook.faileddelivery", _("Failed deliveries"), "sms_failed"),
        ],
    ),
    (_("Signage"), [("signage.screen", _("Screens"), "tv")]),
    (
        _("System"),
        [
            ("logbook.event", _("Journal"), "menu_book"),
            ("logbook.cursor", _("Readers of the journal"), "bookmarks"),
            ("logbook.pulse", _("Signs of life"), "monitor_heart"),
        ],
    ),
]


def address(name: str) -> str:
    """The page of Office behind a name; empty while no room has registered it."""
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side menu: what exists and this person may look at, by block."""
    tasks = {"title": _("My tasks"), "icon": "task_alt", "link": address("tasks_mgmt_task_changelist")}
    if waiting := import_string("altazion.office.task_badge")(request):
        tasks |= {"badge": waiting, "badge_variant": "primary", "badge_style": "solid"}
    today = {"title": _("Today"), "icon": "space_dashboard", "link": address("index"), "active": _at_index}
    blocks: list[dict[str, Any]] = [{"items": [today, tasks]}]
    for title, entries in BLOCKS:
        items = [item for entry in entries if (item := _item(request, entry)) is not None]
        if items:
            blocks.append({"title": title, "collapsible": True, "items": items})
    return blocks


def _at_index(request: HttpRequest) -> bool:
    return request.path == address("index")


def _item(request: HttpRequest, entry: Entry) -> dict[str, Any] | None:
    model, title, icon = entry
    app, dot, name = model.partition(".")
    if not dot:  # a page of its own beside a model's list: catalog_product_scan
        app, name = model.split("_")[:2]
    link = address(f"{app}_{name}_changelist" if dot else model)
    rights = (f"{app}.view_{name}", f"{app}.change_{name}")
    if not link or not any(request.user.has_perm(right) for right in rights):
        return None
    return {"title": capfirst(str(title)), "icon": icon, "link": link}


def _asset(path: str) -> Any:
    return lambda _request: static(path)


UNFOLD = {
    "SITE_TITLE": "Altazion Office",
    "SITE_HEADER": "Altazion",
    "SITE_SUBHEADER": "Office",
    "SITE_URL": "/",
    "SITE_ICON": _asset("office/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _asset("office/mark.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [_asset("office/office.css")],
    "SCRIPTS": [_asset("office/errors.js")],
    "DASHBOARD_CALLBACK": "altazion.office.dashboard",
    "GLOBAL_CALLBACK": "altazion.office.everywhere",
    "LOGIN": {"image": _asset("office/login.svg")},
    "SIDEBAR": {"show_search": True, "command_search": False, "navigation": navigation},
    "COLORS": {
        "base": {
            "50": "oklch(98.4% .004 200)",
            "100": "oklch(96.6% .005 200)",
            "200": "oklch(92.4% .008 205)",
            "300": "oklch(86.6% .012 208)",
            "400": "oklch(70.4% .02 212)",
            "500": "oklch(53.5% .026 214)",
            "600": "oklch(43.8% .028 216)",
            "700": "oklch(36.4% .029 218)",
            "800": "oklch(27.2% .028 220)",
            "900": "oklch(20.6% .026 222)",
            "950": "oklch(14.6% .022 224)",
        },
        "primary": {
            "50": "oklch(97.6% .016 185)",
            "100": "oklch(94.6% .038 184)",
            "200": "oklch(89.8% .068 184)",
            "300": "oklch(83.5% .098 184)",
            "400": "oklch(75.5% .115 185)",
            "500": "oklch(66% .112 187)",
            "600": "oklch(49.5% .088 190)",
            "700": "oklch(43% .076 191)",
            "800": "oklch(37% .064 192)",
            "900": "oklch(31% .052 194)",
            "950": "oklch(24% .04 196)",
        },
    },
}
