"""A random walk of stock against a model: whatever happens in whatever order, balances, ledger and promises agree."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from altazion.lib.problems import Refused
from logistics import services
from logistics.enums import Purpose
from logistics.loaders import merge_stock
from logistics.models import Reservation, StockBalance, SupplySource
from logistics.selectors import availability, prove_balances
from logistics.services import NotEnoughStock
from tests.builders import AT, a_channel, a_product, a_warehouse
from tests.loads import load

PLACES, PRODUCTS = 2, 2
place = st.integers(0, PLACES - 1)
product = st.integers(0, PRODUCTS - 1)
few = st.integers(1, 4)
buyer = st.integers(0, 2)


class Walk(RuleBasedStateMachine):
    """The model: physical units and safety per (product, place); per buyer what is held, where and until when."""

    @initialize()
    def shop(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now, self.serial = AT, 0
        self.channel = a_channel()
        self.places = [a_warehouse(f"W{n}") for n in range(PLACES)]
        for rank, one in enumerate(self.places):
            SupplySource.objects.create(channel=self.channel, place=one, purpose=Purpose.DELIVERY, rank=rank)
        self.products = [a_product() for _ in range(PRODUCTS)]
        self.buyers = [uuid.uuid4() for _ in range(3)]
        self.physical, self.safety, self.held = {}, {}, {}

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def document(self):
        self.serial += 1
        return f"d:{self.serial}"

    def reserved(self, pair, *, living_only=False, but=None):
        return sum(
            units
            for who, (end, lines) in self.held.items()
            for where, units in lines.items()
            if where == pair and who != but and not (living_only and end is not None and end <= self.now)
        )

    def free(self, pair, but=None):
        living = self.reserved(pair, living_only=True, but=but)
        return max(0, self.physical.get(pair, 0) - self.safety.get(pair, 0) - living)

    @rule(p=product, w=place, units=few)
    def receive(self, p, w, units):
        services.move(
            self.products[p].pk,
            self.places[w].pk,
            units,
            kind="receipt",
            document=self.document(),
            at=self.now,
            actor="t",
        )
        self.physical[p, w] = self.physical.get((p, w), 0) + units

    @rule(p=product, w=place, units=few)
    def ship_unpromised(self, p, w, units):
        pair = p, w
        allowed = self.physical.get(pair, 0) - units >= self.reserved(pair) and pair in self.physical
        try:
            services.move(
                self.products[p].pk,
                self.places[w].pk,
                -units,
                kind="correction",
                document=self.document(),
                at=self.now,
                actor="t",
            )
        except Refused:
            assert not allowed
        else:
            assert allowed
            self.physical[pair] -= units

    @rule(who=buyer, p=product, units=few, minutes=st.sampled_from([5, 15, None]))
    def reserve(self, who, p, units, minutes):
        end = self.now + dt.timedelta(minutes=minutes) if minutes else None
        free = sum(self.free((p, w), but=who) for w in range(PLACES))
        held_elsewhere = {pair for pair in self.held.get(who, (None, {}))[1] if pair[0] != p}
        if held_elsewhere:
            return  # one line per buyer keeps the model small
        try:
            services.reserve(
                self.buyers[who],
                [("1", self.products[p].pk, None, units)],
                channel=self.channel,
                purpose=Purpose.DELIVERY,
                at=self.now,
                expires_at=end,
            )
        except NotEnoughStock as refusal:
            left = refusal.short[0].left
            assert left == free < units
        else:
            assert free >= units
            self.read_held()
            assert sum(self.held[who][1].values()) == units
            assert self.held[who][0] == end

    def read_held(self):
        """Which place serves is the shop's choice: the model reads it back; sums are what it judges."""
        names = {one.pk: n for n, one in enumerate(self.products)}, {one.pk: n for n, one in enumerate(self.places)}
        self.held = {}
        for row in Reservation.objects.filter(state="held"):
            who = self.buyers.index(row.reference)
            _end, lines = self.held.setdefault(who, (row.expires_at, {}))
            lines[names[0][row.product_id], names[1][row.place_id]] = row.quantity

    @rule(who=buyer)
    def release(self, who):
        services.release(self.buyers[who], at=self.now)
        self.held.pop(who, None)

    @rule(who=buyer)
    def consume(self, who):
        _end, lines = self.held.get(who, (None, {}))
        allowed = all(self.physical.get(pair, 0) >= units for pair, units in lines.items())
        try:
            services.consume(self.buyers[who], document=self.document(), kind="shipment", at=self.now, actor="t")
        except Refused:
            assert not allowed
        else:
            assert allowed
            for pair, units in lines.items():
                self.physical[pair] -= units
            self.held.pop(who, None)

    @rule(minutes=st.sampled_from([1, 5, 20]))
    def time_passes(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def sweep(self):
        due = [who for who, (end, _lines) in self.held.items() if end is not None and end <= self.now]
        services.release_expired(at=self.now)
        for who in due:
            del self.held[who]

    @rule(p=product, w=place, counted=st.integers(0, 8))
    def count(self, p, w, counted):
        services.count_stock(self.products[p].pk, self.places[w].pk, counted, at=self.now, actor="t")
        self.physical[p, w] = counted

    @rule(w=place, quantities=st.lists(st.integers(0, 8), min_size=PRODUCTS, max_size=PRODUCTS))
    def file(self, w, quantities):
        rows = [
            {"place_kind": "DEPOT", "place_code": f"W{w}", "sku": one.sku, "quantity": quantity}
            for one, quantity in zip(self.products, quantities, strict=True)
        ]
        load("stock", merge_stock, *rows)
        for p, quantity in enumerate(quantities):
            self.physical[p, w] = quantity

    @precondition(lambda self: getattr(self, "physical", None))
    @rule(p=product, w=place, units=st.integers(0, 3))
    def keep_safe(self, p, w, units):
        services.set_safety(self.products[p].pk, self.places[w].pk, units, at=self.now, actor="t")
        self.physical.setdefault((p, w), 0)
        self.safety[p, w] = units

    @invariant()
    def the_books_agree(self):
        if not hasattr(self, "physical"):
            return
        self.read_held()
        assert prove_balances() == []
        for row in StockBalance.objects.all():
            pair = (
                next(n for n, one in enumerate(self.products) if one.pk == row.product_id),
                next(n for n, one in enumerate(self.places) if one.pk == row.place_id),
            )
            assert row.physical == self.physical[pair]
            assert row.reserved == self.reserved(pair)
            assert row.shortage == max(0, row.reserved - row.physical)
        told = availability([one.pk for one in self.products], channel=self.channel, at=self.now)
        for p, one in enumerate(self.products):
            assert told[one.pk].delivery == sum(self.free((p, w)) for w in range(PLACES))


@pytest.mark.django_db
def test_a_random_walk_never_unbalances_the_books():
    run_state_machine_as_test(
        Walk,
        settings=settings(
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
