"""Amounts that always agree to the cent, whatever is sold (features-and-peers 3.16)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orders import rules

RATES = [Decimal(0), Decimal("0.021"), Decimal("0.055"), Decimal("0.1"), Decimal("0.2")]
amounts = st.builds(
    rules.Amount,
    gross=st.decimals(min_value=0, max_value=99999, places=2),
    vat_rate=st.sampled_from(RATES),
)


@given(st.lists(amounts, max_size=40))
def test_lines_rates_and_totals_agree_to_the_cent(lines):
    sums = rules.totals(lines)
    assert sums.gross == sum((line.gross for line in lines), Decimal(0))
    assert sum(sums.nets, Decimal(0)) == sums.net
    assert sum((rate.net for rate in sums.rates), Decimal(0)) == sums.net
    assert sum((rate.net + rate.tax for rate in sums.rates), Decimal(0)) == sums.gross
    for rate in sums.rates:
        assert rate.gross == sum(line.gross for line in lines if line.vat_rate == rate.rate)
        assert abs(rate.gross / (1 + rate.rate) - rate.net) <= Decimal("0.005")
    for line, net in zip(lines, sums.nets, strict=True):
        assert abs(line.gross / (1 + line.vat_rate) - net) <= Decimal("0.02")


@given(st.decimals(min_value=0, max_value=9999, places=2), st.decimals(min_value=0, max_value=9999, places=2))
def test_an_order_is_paid_exactly_when_nothing_is_left(total, paid):
    state = rules.payment_state(total, paid)
    assert (state == "paid") == (paid >= total)
    assert (state == "due") == (paid == 0 < total)


def test_a_fingerprint_tells_any_change_and_no_order():
    lines = [(1, 2, Decimal("9.90")), (2, 1, Decimal(5))]
    seen = rules.fingerprint(lines, Decimal("4.90"))
    assert seen == rules.fingerprint(reversed(lines), Decimal("4.9"))
    assert seen != rules.fingerprint(lines, Decimal(0))
    assert seen != rules.fingerprint([(1, 3, Decimal("9.90")), (2, 1, Decimal(5))], Decimal("4.90"))
    assert seen != rules.fingerprint([(1, 2, Decimal("9.91")), (2, 1, Decimal(5))], Decimal("4.90"))


def test_the_life_cycle_is_the_simple_one():
    assert rules.may_become("placed", "ready")
    assert rules.may_become("ready", "done")
    assert not rules.may_become("placed", "done")
    assert not rules.may_become("done", "cancelled")
    assert not rules.may_become("cancelled", "placed")
