"""Cells of several columns in one object: a batch at a time, and the same cell by cell where one of them is odd."""

import json

import pytest

from integrations.engine.rows import column_mapper
from integrations.engine.values import FLAG
from integrations.formats import Column, Definition

HEADER = ["sku", "colour", "size", "ean", "name en"]
COLUMNS = (
    Column("sku", "sku"),
    Column("attr:colour", "colour"),
    Column("attr:size", "size"),
    Column("ref:EAN13", "ean"),
    Column("name@en", "name en"),
)


def cells_of(columns, *rows):
    definition = Definition(code="rows", entity="articles", columns=columns)
    columns_of = column_mapper(definition, lambda name: HEADER.index(name) if name in HEADER else None)
    return dict(zip(definition.fields, columns_of([list(row) for row in rows]), strict=True))


def test_plain_cells_become_objects_and_empty_ones_are_left_out():
    found = cells_of(COLUMNS, ("A", " red ", 'S "x"', "4006381333931", "Été"), ("B", "", "", "", ""))

    assert [json.loads(cell) if cell else cell for cell in found["attributes"]] == [
        {"colour": "red", "size": 'S "x"'},
        "",
    ]
    assert list(found["references"]) == ['{"EAN13": "4006381333931"}', ""]
    assert list(found["translations"]) == ['{"en": {"name": "Été"}}', ""]


def test_a_code_that_a_spreadsheet_shortened_is_refused_and_its_neighbours_are_not():
    found = cells_of(COLUMNS, ("A", "", "", "4,00638E+12", ""), ("B", "", "", "4006381333931", ""))

    assert list(found["references"]) == [f"{FLAG}shortened{FLAG}4,00638E+12", '{"EAN13": "4006381333931"}']


@pytest.mark.parametrize("odd", ["", "red"])
def test_a_refused_cell_makes_its_row_refused_whatever_stands_in_the_others(odd):
    columns = (*COLUMNS[:2], Column("attr:size", "size", map={"S": "small"}, map_else="reject"))
    found = cells_of(columns, ("A", odd, "S", "", ""), ("B", "blue", "XXL", "", ""), ("C", "green", "S", "", ""))

    first, second, third = found["attributes"]
    assert json.loads(first)["size"] == "small"
    assert second == f"{FLAG}not_in_map{FLAG}XXL"
    assert json.loads(third) == {"colour": "green", "size": "small"}


def test_numbers_keep_their_type_beside_texts():
    columns = (*COLUMNS[:2], Column("attr:size", "size", type="number"))
    found = cells_of(columns, ("A", "red", "12", "", ""), ("B", "red", "much", "", ""))

    assert list(found["attributes"]) == ['{"colour": "red", "size": 12}', f"{FLAG}not_a_number{FLAG}much"]
