"""Good rows go in, bad rows are kept with their reason."""

import pytest

pytestmark = pytest.mark.django_db


def test_rows_of_a_file_are_loaded_and_counted(make_flow, send, tiny):
    run = send(make_flow(), "Code;Name\nA;Toys\nB;Games\n")
    assert (run.state, run.message) == ("done", "2 rows read, 2 new, 0 changed, 0 unchanged.")
    assert (run.rows_read, run.rows_new, run.rows_rejected) == (2, 2, 0)
    assert tiny.content() == {"A": "Toys", "B": "Games"}
