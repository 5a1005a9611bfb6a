"""What pages keep of a channel is never older than its version."""

from django.db import connection

from discovery.services import statements as s
from stores.models import SalesChannel


def forget_pages(channel_id: int | None = None) -> None:
    """Let lists of a channel, or of all, be asked anew: something that decides their order changed."""
    channels = [channel_id] if channel_id else sorted(SalesChannel.objects.values_list("pk", flat=True))
    with connection.cursor() as sql:
        sql.execute(s.BUMP, {"channels": channels})
