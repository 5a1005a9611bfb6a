"""The services that a run needs and the environment does not name."""

import os

from altazion.embedded.broker import Broker
from altazion.embedded.postgres import Postgres


def start() -> None:
    """Start what is needed; a database of the product's name is there afterwards."""
    if not os.environ.get("DATABASE_URL"):
        server = Postgres()
        server.start()
        server.ensure_database("altazion")
    if not os.environ.get("CELERY_BROKER_URL"):
        Broker().start()


def stop() -> None:
    """Stop what `start` started."""
    if not os.environ.get("CELERY_BROKER_URL"):
        Broker().stop()
    if not os.environ.get("DATABASE_URL"):
        Postgres().stop()
