"""Every kind of file the platform promises: RAW by position, and the minimum files of sales-force systems."""

import io

import pytest

from catalog.models import BasePrice, Product
from integrations.formats import ENTITIES, raw_definition
from integrations.formats.raw import raw_columns, raw_entities, raw_names
from integrations.models import Flow, Mapping
from integrations.services import load_mappings, receive_file, run_flow
from logistics.models import StockBalance
from tests.builders import AT, a_channel, a_product, a_vat_rate, a_warehouse

KINDS = {
    "articles": 33,
    "categories": 7,
    "article_categories": 4,
    "brands": 8,
    "references": 4,
    "media": 4,
    "translations": 5,
    "label_slots": 4,
    "labels": 4,
    "product_labels": 4,
    "associations": 4,
    "dimensions": 9,
    "attributes": 9,
    "attribute_values": 4,
    "prices": 9,
    "stores": 8,
    "stock": 5,
}


def test_every_kind_of_file_has_its_columns_in_order():
    assert {entity: len(raw_columns(entity)) for entity in raw_entities()} == KINDS
    assert set(KINDS) == set(ENTITIES)


@pytest.mark.parametrize("entity", KINDS)
def test_a_header_in_raw_order_feeds_the_fields_that_its_names_say(entity):
    """The position of a column and the name that the RAW format gives it mean the same field."""
    definition, names = raw_definition(entity), raw_columns(entity)
    fed = {column.field: column.column for column in definition.columns}
    for name, field in raw_names(entity).items():
        place = fed[field]
        assert names.index(name) in (place if isinstance(place, list) else [place])


@pytest.mark.django_db
class TestMinimumFiles:
    @pytest.fixture(autouse=True)
    def world(self):
        a_vat_rate("0.2")
        a_channel("web")
        a_warehouse("01")
        load_mappings(at=AT)

    def send(self, code, text):
        mapping = Mapping.objects.get(code=code)
        flow = Flow.objects.create(code=code, name=code, entity=mapping.entity, mapping=mapping)
        run = receive_file(flow, f"{code}.dat", io.BytesIO(text.encode("windows-1252")), trigger="upload", at=AT)
        run = run_flow(run.pk, at=AT)
        assert run.state == "done", (run.message, [(r.code, r.field, r.value) for r in run.rejections.all()])
        return run

    def test_articles(self):
        self.send(
            "icommerce_articles",
            "CHIAVE|COD_DITTA|COD_ART|DES_ART|COD_FAMIGLIA|COD_SOTTOFAMIGLIA|UM1|PREZZO_RETAIL|FLG_CATALOGO|DAT_ULT_MOD\r\n"
            "1|D1|A1|Caffè|ALIM|CAFFE|KG|12,50|-1|10032026\r\n",
        )
        coffee = Product.objects.get(sku="A1")
        assert (coffee.name, coffee.family.name, coffee.family.parent.name) == ("Caffè", "CAFFE", "ALIM")

    def test_prices_of_the_general_list(self):
        a_product("A1")
        run = self.send(
            "icommerce_prices",
            "CHIAVE|COD_DITTA|TIPO_LISTINO|COD_ART|COD_CLIFOR|QUANTITA_INIZIO|PREZZO\r\n"
            "1|D1|1|A1||0|10,00\r\n2|D1|1|A1|C7|0|9,00\r\n3|D1|1|A1||12|8,00\r\n",
        )
        assert run.rows_read == 1
        assert float(BasePrice.objects.get().amount) == 12

    def test_stock(self):
        a_product("A1")
        a_product("A2")
        self.send(
            "icommerce_stock",
            "COD_DITTA|COD_ARTICOLO|COD_DEPOSITO|GIACENZA|DISPONIBILITA|UM1\r\nD1|A1|01|20,00|7,60|KG\r\nD1|A2|01|3|-2|PZ\r\n",
        )
        assert dict(StockBalance.objects.values_list("product__sku", "physical")) == {"A1": 7, "A2": 0}

    def test_pictures(self):
        a_product("A1")
        run = self.send(
            "icommerce_pictures",
            "NOMEFILE|TITOLO|COD_ART|ORDINAMENTO\r\nhttps://img.test/a1.jpg|Davanti|A1|1\r\n",
        )
        assert run.rows_new == 1  # the picture itself is fetched later
