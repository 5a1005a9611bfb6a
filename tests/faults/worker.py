"""A real Celery worker whose lease is short, so that a test need not wait a minute for the next one to take over."""

import datetime as dt
import sys

if __name__ == "__main__":
    import django

    from altazion.celery import app

    django.setup()
    from integrations.services import lease, running

    if not sys.stdin.readline():
        raise SystemExit
    lease.LEASE, lease.BEAT_SECONDS = dt.timedelta(seconds=4), 0.5
    running.WAITED_TOO_LONG = dt.timedelta(seconds=1)
    running.MOST_ATTEMPTS = 50
    app.worker_main(["worker", "--pool", "solo", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"])
