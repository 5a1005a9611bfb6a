"""Templates of product pages: the type's, unless the product has its own, unless the shop lacks it."""

import pytest

from catalog.models import Product, ProductType
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("of_type", "own", "shown"),
    [("", "", "standard"), ("sheet", "", "sheet"), ("sheet", "large", "large"), ("gone", "", "standard")],
)
def test_the_page_takes_its_template(client, of_type, own, shown):
    channel = b.a_channel()
    product = b.a_product("TOY", price=10, channel=channel, page_layout=own, description="<p>Words</p>")
    ProductType.objects.update(page_layout=of_type)
    reindex(None, at=b.AT)
    html = client.get(f"/p/toy-{product.pk}/").content.decode()
    assert f'class="product is-{shown}"' in html
    assert html.count("Words</p>") == 1


def test_office_offers_those_of_the_shop(client):
    client.force_login(b.a_colleague(is_superuser=True, language="en"))
    product = b.a_product("TOY", price=10)
    for address in (f"product/{product.pk}", f"producttype/{product.type_id}"):
        html = client.get(f"/office/catalog/{address}/change/").content.decode()
        assert "technical sheet" in html
    child = b.a_product("KID", parent=b.a_product("MUM", kind="parent"))
    assert "technical sheet" not in client.get(f"/office/catalog/product/{child.pk}/change/").content.decode()
    data = {"name": "T", "code": "t", "nature": "0", "sales_account": "", "page_layout": "evil"}
    answer = client.post(f"/office/catalog/producttype/{product.type_id}/change/", data)
    assert answer.status_code == 200  # refused at the field
    assert not ProductType.objects.filter(page_layout="evil").exists()
    assert Product.objects.filter(page_layout="").count() == 3
