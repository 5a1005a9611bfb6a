"""Keywords with the products that they find."""

from django.contrib.postgres.aggregates import ArrayAgg

from catalog.models import Keyword, ProductKeyword

MOST_PRODUCTS = 1000


def page_of_keywords(*, after: int, size: int) -> tuple[list[Keyword], dict[int, list[str]]]:
    """Keywords after one's number, and the SKUs of each (at most a thousand). Two queries."""
    found = list(Keyword.objects.filter(pk__gt=after).select_related("category").order_by("pk")[:size])
    numbers = [keyword.pk for keyword in found]
    links = ProductKeyword.objects.filter(keyword__in=numbers).values("keyword")
    skus = links.annotate(skus=ArrayAgg("product__sku", order_by="product__sku")).values_list("keyword", "skus")
    return found, {pk: each[:MOST_PRODUCTS] for pk, each in skus}
