"""The banks that the contract is tried against. What one of them lacks is named with its reason and skipped loudly."""

import contextlib
import http.server
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from decimal import Decimal

import pytest
import stripe

from altazion.lib.problems import Refused
from integrations.models import PaymentAccount
from integrations.payments.sandbox_card import SandboxCard
from integrations.services import save_payment_account
from orders.models import Payment
from orders.ports import Call
from tests.builders import AT
from tests.payments.strict_bank import PROOF, StrictBank, signed_call


class Bench:
    """A bank, and the shopper in front of it."""

    provider = "stripe_card"
    lacks: dict = {}

    def needs(self, what):
        if what in self.lacks:
            pytest.skip(f"{type(self).__name__} cannot be tried for “{what}”: {self.lacks[what]}")

    def close(self):
        pass


class Sandbox(Bench):
    """Our own pretended bank."""

    provider = "sandbox_card"
    lacks = {"silence": "it answers in the same process", "two captures": "it keeps no state"}
    lacks |= {"refund limits": "it keeps no state; the domain's own limits are tried elsewhere"}
    lacks |= {"keys": "it keeps no state: doing a thing twice changes nothing"}

    def _says(self, payment, outcome, **other):
        told = Payment(
            guid=payment.guid, started_at=AT, currency=other.get("currency", "EUR").upper(),
            amount=Decimal(other["amount"]) / 100 if "amount" in other else payment.amount,
            capture_later=payment.capture_later,
        )  # fmt: skip
        return SandboxCard().answer(told, outcome)

    def pay(self, payment, **other):
        return self._says(payment, "paid", **other)

    def decline(self, payment):
        return self._says(payment, "refused")

    def expire(self, payment):
        return self._says(payment, "left")

    def end(self, payment):
        return self._says(payment, "voided")

    @contextlib.contextmanager
    def declining(self):
        def refuse(*_):
            raise Refused("Your card has insufficient funds.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SandboxCard, "capture", refuse)
            yield


class StripeStrict(Bench):
    """The Stripe adapter against a fake that is as strict as Stripe."""

    def __init__(self):
        self.bank = StrictBank()
        self.address, self.key, self.proof = self.bank.address, "sk_test_strict", PROOF

    def close(self):
        self.bank.close()

    def pay(self, payment, **other):
        return self.bank.pay(payment.provider_reference, **other)

    def decline(self, payment):
        return self.bank.decline(payment.provider_reference)

    def expire(self, payment):
        return self.bank.expire(payment.provider_reference)

    def end(self, payment):
        intent = self.bank.intents[payment.provider_reference]
        return self.bank.call("payment_intent.canceled", self.bank.cancel(intent))

    @contextlib.contextmanager
    def declining(self):
        self.bank.declining = True
        yield
        self.bank.declining = False
        self.bank.answers.clear()

    def taken(self):
        return Decimal(self.bank.taken()) / 100

    def back(self):
        return Decimal(sum(one["amount"] for one in self.bank.refunds.values())) / 100


class StripeLocal(Bench):
    """The Stripe adapter against localstripe, a server of other people. It has no Checkout: intents are made for it."""

    lacks = {
        "pages": "localstripe answers 404 for Checkout Sessions",
        "keys": "localstripe ignores Idempotency-Key",
        "two captures": "localstripe ignores Idempotency-Key",
        "refund limits": "localstripe gives the same charge back any number of times",
        "silence": "localstripe cannot be made silent",
        "refused capture": "localstripe has no card that is authorised and then refuses to pay",
    }

    def __init__(self, folder):
        self.calls, self.key, self.proof = queue.Queue(), "sk_test_12345", "whsec_local"
        calls = self.calls

        class Ear(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                calls.put(Call(self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.ear = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        threading.Thread(target=self.ear.serve_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(folder)}, **quiet)
        self._wait()
        told = json.dumps({"url": f"http://127.0.0.1:{self.ear.server_port}/", "secret": self.proof}).encode()
        where = urllib.request.Request(f"{self.address}/_config/webhooks/shop", told)
        where.add_header("Content-Type", "application/json")
        urllib.request.urlopen(where, timeout=10)
        self.client = stripe.StripeClient(self.key, base_addresses={"api": self.address})

    def _wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.address}/v1/x", timeout=5)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("localstripe did not start")

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.ear.shutdown()
        self.ear.server_close()

    def _heard(self, kind, name):
        """The webhook that localstripe really sent, a second after the deed."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            call = self.calls.get(timeout=30)
            event = json.loads(call.body)
            if event["type"] == kind and event["data"]["object"]["id"] == name:
                return call
        raise AssertionError(f"{kind} was not sent")

    def pay(self, payment, **other):
        made = self.client.v1.payment_intents.create(
            {
                "amount": other.get("amount", int(payment.amount * 100)),
                "currency": other.get("currency", "eur"),
                "payment_method": "pm_card_visa",
                "capture_method": "manual" if payment.capture_later else "automatic",
                "metadata": {"payment": str(payment.guid)},
                "confirm": True,
            }
        )
        if not payment.capture_later:
            return self._heard("payment_intent.succeeded", made.id)
        assert made.status == "requires_capture"
        warnings.warn("localstripe sends no amount_capturable_updated: the test signs it itself", stacklevel=2)
        told = {"id": made.id, "metadata": {"payment": str(payment.guid)}, "amount": made.amount}
        told |= {"currency": made.currency, "amount_capturable": made.amount}
        return signed_call("payment_intent.amount_capturable_updated", told, self.proof)

    def decline(self, payment):
        card = {"number": "4000000000000341", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        method = self.client.v1.payment_methods.create({"type": "card", "card": card})
        asked = {"amount": int(payment.amount * 100), "currency": "eur", "payment_method": method.id, "confirm": True}
        with pytest.raises(stripe.CardError) as refusal:
            self.client.v1.payment_intents.create({**asked, "metadata": {"payment": str(payment.guid)}})
        assert refusal.value.code == "card_declined"
        call = self.calls.get(timeout=30)
        while json.loads(call.body)["type"] != "payment_intent.payment_failed":
            call = self.calls.get(timeout=30)
        return call

    def expire(self, payment):
        self.needs("pages")

    def end(self, payment):
        made = self.client.v1.payment_intents.cancel(payment.provider_reference)
        assert made.status == "canceled"
        warnings.warn("localstripe sends no payment_intent.canceled: the test signs it itself", stacklevel=2)
        told = {"id": made.id, "metadata": {"payment": str(payment.guid)}, "amount": made.amount}
        return signed_call("payment_intent.canceled", {**told, "currency": made.currency}, self.proof)

    def declining(self):
        self.needs("refused capture")


def open_account(bench, settings):
    """Our account with that bank."""
    if bench.provider == "stripe_card":
        settings.STRIPE_API = bench.address
        account = PaymentAccount(provider="stripe_card", name="Stripe")
        save_payment_account(account, key=bench.key, proof=bench.proof, at=AT)
