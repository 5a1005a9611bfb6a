"""What the shop offers by key."""

from django.utils.translation import gettext_lazy as _

#: key stored on a product type or a product → what a colleague chooses; the look is in product.css by the same key
PRODUCT_LAYOUTS = {
    "standard": _("standard"),
    "large": _("large pictures"),
    "sheet": _("technical sheet"),
}
STANDARD = "standard"
