"""Where a product stands with the shopping feeds, for pages of other rooms."""

from typing import Any

from django import template

from integrations.selectors import feed_standing

register = template.Library()


@register.inclusion_tag("office/integrations/product_feeds.html", takes_context=True)
def product_feeds(context: Any, product: Any) -> dict[str, Any]:
    """Off the feeds since when and by whom, with a button; nothing while no feed is written."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return {
        "standing": feed_standing(product),
        "product": product,
        "may_run": bool(user and user.has_perm("integrations.run_flow")),
        "csrf_token": context.get("csrf_token"),
        "back": request.path if request else "",
    }
