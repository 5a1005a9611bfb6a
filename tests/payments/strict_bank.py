"""A bank that speaks Stripe's API as strictly as Stripe: idempotency keys honoured, nothing given back twice."""

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from orders.ports import Call

PROOF = "whsec_of_the_strict_bank"


class Trouble(Exception):
    def __init__(self, status, code, message, kind="invalid_request_error"):
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "code": code, "message": message}}


class StrictBank:
    """`silent`: how many of the next answers are lost after the deed was done. `declining`: captures are refused."""

    def __init__(self):
        self.intents, self.sessions, self.refunds, self.answers = {}, {}, {}, {}
        self.silent, self.declining, self.calls, self.numbers = 0, False, [], iter(range(1, 10**6))
        self.lock = threading.Lock()
        bank = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                bank.serve(self, {})

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                bank.serve(self, dict(urllib.parse.parse_qsl(text, keep_blank_values=True)))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, http, said):
        path, _mark, query = http.path.partition("?")
        key = http.headers.get("Idempotency-Key", "")
        with self.lock:
            self.calls.append((http.command, path, key))
            status, body = self.once(http.command, path, said or dict(urllib.parse.parse_qsl(query)), key, http.headers)
            lost, self.silent = self.silent > 0, max(self.silent - 1, 0)
        if lost:
            http.close_connection = True
            http.connection.close()
            return
        data = json.dumps(body).encode()
        http.send_response(status)
        http.send_header("content-type", "application/json")
        http.send_header("content-length", str(len(data)))
        http.end_headers()
        http.wfile.write(data)

    def once(self, verb, path, said, key, headers):
        """The first answer under a key is the answer for good; other words under the same key are refused."""
        if headers.get("Authorization") != "Bearer sk_test_strict":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}
        if verb == "POST" and key in self.answers:
            words, answer = self.answers[key]
            if words != (path, said):
                return 400, {"error": {"type": "idempotency_error", "message": "Keys are for one request only."}}
            return answer
        try:
            answer = 200, self.do(verb, path, said)
        except Trouble as trouble:
            answer = trouble.status, trouble.body
        if verb == "POST" and key:
            self.answers[key] = (path, said), answer
        return answer

    def do(self, verb, path, said):
        if path == "/v1/checkout/sessions":
            return self.session(said)
        if path == "/v1/payment_intents":
            return {"object": "list", "data": list(self.intents.values())}
        if path == "/v1/refunds":
            return self.refund(said) if verb == "POST" else self.refunds_of(said["payment_intent"])
        found = re.fullmatch(r"/v1/payment_intents/(\w+)(/\w+)?", path)
        intent = self.intents.get(found[1]) if found else None
        if intent is None:
            raise Trouble(404, "resource_missing", f"No such thing: {path}")
        if found[2] == "/capture":
            return self.capture(intent, int(said["amount_to_capture"]))
        return self.cancel(intent) if found[2] == "/cancel" else intent

    def session(self, said):
        name = f"cs_{next(self.numbers)}"
        metadata = {"payment": said["payment_intent_data[metadata][payment]"]}
        self.sessions[name] = {
            "id": name, "object": "checkout.session", "url": f"{self.address}/pay/{name}", "metadata": metadata,
            "amount_total": int(said["line_items[0][price_data][unit_amount]"]), "status": "open",
            "currency": said["line_items[0][price_data][currency]"],
            "capture": said["payment_intent_data[capture_method]"],
        }  # fmt: skip
        return self.sessions[name]

    def pay(self, session, **other):
        """The shopper pays on the bank's page. `other` bends what the bank will tell."""
        page = self.sessions[session]
        name, amount = f"pi_{next(self.numbers)}", other.get("amount", page["amount_total"])
        manual = page["capture"] == "manual"
        self.intents[name] = intent = {
            "id": name, "object": "payment_intent", "metadata": page["metadata"], "amount": amount,
            "currency": other.get("currency", page["currency"]),
            "status": "requires_capture" if manual else "succeeded",
            "amount_capturable": amount if manual else 0, "amount_received": 0 if manual else amount,
        }  # fmt: skip
        return self.call("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent)

    def decline(self, session):
        page = self.sessions[session]
        error = {"message": "Your card was declined."}
        told = {"id": "pi_declined", "metadata": page["metadata"], "amount": page["amount_total"]}
        return self.call(
            "payment_intent.payment_failed", {**told, "currency": page["currency"], "last_payment_error": error}
        )

    def expire(self, session):
        return self.call("checkout.session.expired", self.sessions[session])

    def capture(self, intent, amount):
        if self.declining:
            raise Trouble(402, "card_declined", "Your card has insufficient funds.", "card_error")
        if intent["status"] != "requires_capture" or not 0 < amount <= intent["amount_capturable"]:
            raise Trouble(400, "payment_intent_unexpected_state", f"The intent is {intent['status']}.")
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        return intent

    def cancel(self, intent):
        if intent["status"] != "requires_capture":
            raise Trouble(400, "payment_intent_unexpected_state", f"The intent is {intent['status']}.")
        intent |= {"status": "canceled", "amount_capturable": 0}
        return intent

    def refund(self, said):
        intent, amount = self.intents[said["payment_intent"]], int(said["amount"])
        back = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == intent["id"])
        if back + amount > intent["amount_received"]:
            raise Trouble(400, "charge_already_refunded", "More than was taken cannot be refunded.")
        name = f"re_{next(self.numbers)}"
        self.refunds[name] = {
            "id": name, "object": "refund", "payment_intent": intent["id"], "amount": amount, "status": "succeeded",
            "metadata": {"part": said["metadata[part]"]},
        }  # fmt: skip
        return self.refunds[name]

    def refunds_of(self, intent):
        found = [one for one in self.refunds.values() if one["payment_intent"] == intent]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}

    def taken(self):
        return sum(one["amount_received"] for one in self.intents.values())

    def call(self, kind, told):
        return signed_call(kind, told, PROOF)


def signed_call(kind, told, proof, *, at=None):
    """A webhook as Stripe signs it."""
    moment = int(at or time.time())
    body = json.dumps({"id": f"evt_{moment}", "type": kind, "created": moment, "data": {"object": told}}).encode()
    mark = hmac.new(proof.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return Call(body, {"Stripe-Signature": f"t={moment},v1={mark}"})
