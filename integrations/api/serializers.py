"""What the API of the flows room takes and gives."""

from typing import Any

from rest_framework import serializers

from altazion.lib.clock import now
from integrations.enums import ChangeKind
from integrations.models import Run
from integrations.selectors import estimate_of


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run: state, counts, message. It is over when `finished_at` is set."""

    flow: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    file = serializers.CharField(source="raw_file.name", read_only=True, default=None, allow_null=True)
    sha256 = serializers.CharField(source="raw_file.sha256", read_only=True, default=None, allow_null=True)
    rerun_of: Any = serializers.SlugRelatedField(slug_field="guid", read_only=True, allow_null=True)

    undo_of: Any = serializers.SlugRelatedField(slug_field="guid", read_only=True, allow_null=True)
    trips: Any = serializers.SerializerMethodField()
    message = serializers.CharField(source="said", read_only=True)
    percent: Any = serializers.SerializerMethodField()
    seconds_left: Any = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            *("guid", "flow", "state", "stage", "trigger", "file", "sha256", "rerun_of", "undo_of"),
            *("queued_at", "started_at", "finished_at", "message"),
            *("totals", "trips", "flow_version", "percent", "seconds_left"),
            *("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_archived", "rows_rejected"),
        )

    def get_percent(self, run: Run) -> int | None:
        """How much of it is done, while it runs; null when nothing tells."""
        return estimate_of(run, now()).percent

    def get_seconds_left(self, run: Run) -> int | None:
        """Judged by the last good run of the flow; null when nothing tells."""
        return estimate_of(run, now()).seconds_left

    def get_trips(self, run: Run) -> list[str]:
        """Why it is, or was, held back."""
        return run.trips


class ChangeQuerySerializer(serializers.Serializer[Any]):
    """Which differences. `field` as in `totals`: `price.amount`; `which`: a SKU or code."""

    field = serializers.CharField(required=False, default="", max_length=150)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=ChangeKind.choices, required=False, default="")
    which = serializers.CharField(required=False, default="", max_length=250)
    after = serializers.CharField(required=False, default="", max_length=100)
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=1000)


class ChangeSerializer(serializers.Serializer[Any]):
    """One difference: `old` and `new` are text; null where there is nothing."""

    about = serializers.CharField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    which = serializers.CharField(source="label")
    where = serializers.CharField(source="scope")
    field = serializers.CharField()  # type: ignore[assignment]
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class ChangePageSerializer(serializers.Serializer[Any]):
    """Differences in order. `next`: the cursor to go on from; null at the end."""

    changes = ChangeSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ApproveSerializer(serializers.Serializer[Any]):
    """What of a held run is taken; nothing given means all. `without`: SKUs or codes that are left out."""

    kinds = serializers.ListField(child=serializers.ChoiceField(choices=ChangeKind.choices), required=False)
    without_fields = serializers.ListField(child=serializers.CharField(max_length=150), required=False, max_length=200)
    without = serializers.ListField(child=serializers.CharField(max_length=250), required=False, max_length=5000)


class FileSerializer(serializers.Serializer[Any]):
    """A file in a multipart form. `partial`: it holds some rows only, whatever the flow says."""

    file = serializers.FileField(allow_empty_file=True)
    partial = serializers.BooleanField(default=False)  # type: ignore[assignment]


class RerunSerializer(serializers.Serializer[Any]):
    """How to run again. `current_definition`: with the mapping as it is now, else as it was then."""

    only_failed = serializers.BooleanField(default=False)
    current_definition = serializers.BooleanField(default=True)


class PullSerializer(serializers.Serializer[Any]):
    """Where to go on, and how many at most."""

    after = serializers.CharField(required=False, default="", max_length=100)
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=500)


class OrderSerializer(serializers.Serializer[Any]):
    """An order for the ERP: the columns of the order file, `vat` by rate, and its lines."""

    def to_representation(self, instance: Any) -> Any:
        return instance


class OrderPageSerializer(serializers.Serializer[Any]):
    """Unacknowledged orders, oldest first. `next`: the cursor to go on from; null at the end."""

    orders = serializers.ListField(child=serializers.DictField())
    next = serializers.CharField(allow_null=True)


class AckSerializer(serializers.Serializer[Any]):
    """The number the order has there, or why it cannot be taken: exactly one of both."""

    outside_number = serializers.CharField(required=False, default="", max_length=60)
    refusal = serializers.CharField(required=False, default="", max_length=300)


class AckedSerializer(serializers.Serializer[Any]):
    """What stands now."""

    order_guid = serializers.UUIDField()
    outside_number = serializers.CharField()
    refusal = serializers.CharField()
    acknowledged_at = serializers.DateTimeField()
