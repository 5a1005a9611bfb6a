"""The departments in the header."""

from django import template

from discovery.selectors import SegmentEntry, navigation

register = template.Library()


@register.simple_tag(takes_context=True, name="navigation")
def navigation_tag(context: template.Context) -> list[SegmentEntry]:
    """The departments of this shop that have something to sell, stars first."""
    shop = context.get("shop")
    if shop is None:
        return []
    root = shop.site.root_segment
    return navigation(channel=shop.channel, language=shop.language, root=root, version=shop.index_version)
