"""Who may do what: the roles that a new house starts with, as rights per room. Names are the French ones of the job."""

ADMINISTRATOR = "Administrateur"
MERCHANDISER = "Responsable de gamme"
ECOMMERCE = "E-commerce"
CUSTOMER_CARE = "Service client"
STORE_STAFF = "Magasin"
UX = "UX"
SEO = "SEO"
INTEGRATOR = "Intégrateur"
ACCOUNTANT = "Comptabilité"

#: role → rights. "room.*" all of a room; "room.view" looking only; "room.verb_model" one right; "*" everything.
ROLES: dict[str, tuple[str, ...]] = {
    ADMINISTRATOR: ("*",),
    MERCHANDISER: (
        "catalog.*",
        "campaigns.*",
        "discovery.*",
        "tasks_mgmt.*",
        "logistics.view",
        "stores.view",
        "signage.view",
        "integrations.view_flow",
        "integrations.view_run",
        "integrations.add_listexport",
    ),
    ECOMMERCE: (
        "catalog.*",
        "campaigns.*",
        "discovery.*",
        "tasks_mgmt.*",
        "stores.*",
        "logistics.*",
        "orders.*",
        "customers.*",
        "integrations.*",
        "signage.*",
        "accounting.view",
        "accounting.add_extract",
        "accounting.add_account",
        "accounting.change_account",
        "django_celery_beat.*",
        "accounts.view_user",
        "logbook.view",
    ),
    CUSTOMER_CARE: (
        "orders.*",
        "customers.*",
        "tasks_mgmt.*",
        "catalog.view",
        "stores.view",
        "logistics.view",
        "campaigns.view",
        "accounting.view",
        "integrations.add_listexport",
    ),
    STORE_STAFF: (
        "orders.view_order",
        "orders.change_order",
        "orders.view_payment",
        "orders.view_return",
        "orders.change_return",
        "tasks_mgmt.view_task",
        "tasks_mgmt.add_task",
        "tasks_mgmt.change_task",
        "catalog.view_product",
        "logistics.view_stockbalance",
        "logistics.view_withdrawal",
        "logistics.add_withdrawal",
        "logistics.view_preparation",
        "logistics.change_preparation",
        "logistics.view_sheet",
        "logistics.add_sheet",
        "logistics.change_sheet",
        "logistics.view_parcel",
        "logistics.change_parcel",
        "logistics.view_handoverlist",
        "stores.view_store",
    ),
    UX: (
        "catalog.view",
        "campaigns.view",
        "campaigns.add_landingpage",
        "campaigns.change_landingpage",
        "campaigns.preview_shop",
        "stores.view_site",
        "stores.change_site",
        "signage.*",
        "tasks_mgmt.*",
    ),
    SEO: (
        "catalog.view",
        "catalog.change_product",
        "catalog.change_segment",
        "catalog.change_brand",
        "campaigns.view",
        "campaigns.change_landingpage",
        "campaigns.preview_shop",
        "stores.view_site",
        "stores.change_site",
        "tasks_mgmt.*",
    ),
    ACCOUNTANT: (
        "accounting.*",
        "orders.view",
        "orders.change_refund",
        "customers.view",
        "integrations.view_flow",
        "integrations.view_run",
        "integrations.add_listexport",
        "tasks_mgmt.*",
    ),
    INTEGRATOR: (
        "integrations.*",
        "django_celery_beat.*",
        "accounts.view_apikey",
        "accounts.add_apikey",
        "accounts.change_apikey",
        "catalog.view",
        "logistics.view",
        "orders.view",
        "stores.view",
        "logbook.*",
        "tasks_mgmt.*",
    ),
}


def grants(pattern: str, room: str, codename: str) -> bool:
    """True if a pattern of `ROLES` gives this right."""
    if pattern == "*":
        return True
    of_room, _dot, what = pattern.partition(".")
    return of_room == room and (what in {"*", codename} or (what == "view" and codename.startswith("view_")))


def role_grants(role: str, room: str, codename: str) -> bool:
    """True if a role starts with this right."""
    return any(grants(pattern, room, codename) for pattern in ROLES[role])
