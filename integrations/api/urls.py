"""Addresses below /api/v1/."""

from django.urls import path

from integrations.api import again, connections, feeds, flows, flows_now, held, orders, versions

urlpatterns = [
    path("flows", flows_now.Flows.as_view(), name="api-flows"),
    path("flows/<slug:code>", flows_now.FlowDetail.as_view(), name="api-flow"),
    path("flows/<slug:code>/start", flows_now.FlowStart.as_view(), name="api-flow-start"),
    path("flows/<slug:code>/runs", flows.FlowRuns.as_view(), name="api-flow-runs"),
    path("flows/<slug:code>/versions", versions.FlowVersions.as_view(), name="api-flow-versions"),
    path("flows/<slug:code>/versions/<int:number>", versions.FlowVersionDetail.as_view(), name="api-flow-version"),
    path("flows/<slug:code>/versions/<int:number>/back", versions.FlowVersionBack.as_view(), name="api-flow-back"),
    path("runs/<uuid:guid>", flows.RunDetail.as_view(), name="api-run"),
    path("runs/<uuid:guid>/rejects.csv", flows.RunRejects.as_view(), name="api-run-rejects"),
    path("runs/<uuid:guid>/rerun", flows.RunAgain.as_view(), name="api-run-rerun"),
    path("runs/<uuid:guid>/rerun/plan", again.RunPlan.as_view(), name="api-run-plan"),
    path("runs/<uuid:guid>/corrections", again.RunCorrection.as_view(), name="api-run-correct"),
    path("runs/<uuid:guid>/timeline", again.RunTimeline.as_view(), name="api-run-timeline"),
    path("connections", connections.Connections.as_view(), name="api-connections"),
    path("connections/<slug:code>", connections.ConnectionDetail.as_view(), name="api-connection"),
    path("connections/<slug:code>/test", connections.ConnectionTest.as_view(), name="api-connection-test"),
    path("runs/<uuid:guid>/changes", held.RunChanges.as_view(), name="api-run-changes"),
    path("runs/<uuid:guid>/approve", held.RunApprove.as_view(), name="api-run-approve"),
    path("runs/<uuid:guid>/cancel", held.RunCancel.as_view(), name="api-run-cancel"),
    path("runs/<uuid:guid>/undo", held.RunUndo.as_view(), name="api-run-undo"),
    path("runs/<uuid:guid>/refuse", held.RunRefuse.as_view(), name="api-run-refuse"),
    path("feeds/files/<uuid:token>", feeds.FeedFile.as_view(), name="feed_file"),
    path("feeds/pull", feeds.FeedPull.as_view(), name="api-feed-pull"),
    path("feeds/put-back", feeds.FeedPutBack.as_view(), name="api-feed-put-back"),
    path("erp/orders", orders.OrdersToPull.as_view(), name="api-erp-orders"),
    path("erp/orders/<uuid:guid>/ack", orders.OrderAck.as_view(), name="api-erp-order-ack"),
]
