"""What makes an order suspect, without Django: facts of an order held against rules."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

LISTS = {"postcode", "email", "phone", "name", "account", "network"}
AMOUNTS = {"basket", "units", "first"}


@dataclass(frozen=True)
class Facts:
    """What is known of an order. `units`: by product; `home`: the country where its customer lives, "" unknown."""

    total: Decimal
    units: Mapping[int, int]
    email: str = ""
    phone: str = ""
    names: tuple[str, ...] = ()
    postcode: str = ""
    country: str = ""
    home: str = ""
    account: str = ""
    ip: str = ""
    orders_before: int = 0


@dataclass(frozen=True)
class Rule:
    """A rule as it is asked: kind, limit, plain words of its list, products."""

    kind: str
    above: Decimal | None = None
    words: tuple[str, ...] = ()
    products: frozenset[int] = field(default_factory=frozenset)


def finding(rule: Rule, facts: Facts) -> str | None:
    """What of the facts the rule means (an amount, a word of its list); None when it does not."""
    if rule.kind in AMOUNTS:
        return _above(rule, facts)
    if rule.kind == "products":
        found = rule.products & set(facts.units)
        return str(sum(facts.units[product] for product in found)) if found else None
    if rule.kind == "country":
        differs = facts.home and facts.country and facts.home != facts.country
        return f"{facts.country} ≠ {facts.home}" if differs else None
    return _listed(rule, facts)


def _above(rule: Rule, facts: Facts) -> str | None:
    if rule.above is None:
        return None
    if rule.kind == "units":
        most = max(facts.units.values(), default=0)
        return str(most) if most > rule.above else None
    if rule.kind == "first" and facts.orders_before:
        return None
    return str(facts.total) if facts.total > rule.above else None


def _listed(rule: Rule, facts: Facts) -> str | None:
    if rule.kind == "email":
        address = facts.email.strip().lower()
        return next(
            (w for w in rule.words if address == w.lower() or (w[:1] == "@" and address.endswith(w.lower()))), None
        )
    if rule.kind == "phone":
        known = digits(facts.phone)
        return next((w for w in rule.words if known and digits(w) == known), None)
    if rule.kind == "name":
        names = {plain(name) for name in facts.names} - {""}
        return next((w for w in rule.words if plain(w) in names), None)
    if rule.kind == "postcode":
        there = facts.postcode.replace(" ", "").upper()
        return next((w for w in rule.words if there and there.startswith(w.replace(" ", "").upper())), None)
    if rule.kind == "account":
        return next((w for w in rule.words if facts.account and w == facts.account), None)
    return next((w for w in rule.words if facts.ip and _inside(facts.ip, w)), None)


def words(text: str) -> tuple[str, ...]:
    """The lines of a list, without empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def an_address(text: str) -> str | None:
    """The address on the Internet that a text is; None for any other text."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def not_networks(lines: Iterable[str]) -> list[str]:
    """Those of the lines that are neither an address nor a network."""
    return [line for line in lines if _network(line) is None]


def digits(phone: str) -> str:
    """A phone as one writes it at home: +33 6 12 34 and 06 12 34 are the same."""
    kept = re.sub(r"\D", "", phone)
    return re.sub(r"^(00|)33(?=\d{9}$)", "0", kept)


def plain(text: str) -> str:
    """A name without accents, case and signs, its parts in order of the alphabet."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(sorted(re.findall(r"[a-z0-9]+", bare)))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _inside(ip: str, text: str) -> bool:
    network = _network(text)
    try:
        return network is not None and ipaddress.ip_address(ip) in network
    except ValueError:
        return False
