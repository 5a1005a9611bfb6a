"""What an import feeds is locked, attribute by attribute; the rest stays with colleagues."""

import pytest

from altazion.lib.problems import Refused
from catalog import services
from catalog.loaders import merge_articles
from catalog.models import Attribute, Product
from tests.builders import AT, a_product
from tests.loads import load

pytestmark = pytest.mark.django_db


def test_an_import_locks_the_attributes_that_it_names():
    a_product()  # brings a type and a VAT rate
    Attribute.objects.create(code="age", name="Age", type="N")
    Attribute.objects.create(code="hero", name="Hero", type="T")
    load("articles", merge_articles, {"sku": "DOLL", "name": "Doll", "price": 3, "attributes": {"age": 6}})
    doll = Product.objects.get(sku="DOLL")
    assert "attributes.age" in doll.fed_fields
    services.change_product(doll, {"attributes": {"hero": "Hulk"}}, at=AT)
    with pytest.raises(Refused):
        services.change_product(doll, {"attributes": {"age": 7}}, at=AT)
    load("articles", merge_articles, {"sku": "DOLL", "name": "Doll", "price": 3, "attributes": {"age": 8}})
    doll.refresh_from_db()
    assert doll.attributes == {"age": 8, "hero": "Hulk"}
