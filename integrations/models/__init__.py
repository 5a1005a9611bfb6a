"""Flows, the files they carried, their runs, differences and rejections; what outside systems know of us."""

from integrations.models.changes import Change
from integrations.models.connections import Connection
from integrations.models.exports import Export, ExportedRow, FeedStop
from integrations.models.flows import Flow, Mapping, MappingVersion
from integrations.models.lists import ListExport
from integrations.models.outside import OrderHandover
from integrations.models.payments import PaymentAccount
from integrations.models.runs import RawFile, Rejection, Run
from integrations.models.triggers import FlowTrigger, TriggerSlot
from integrations.models.versions import FlowVersion
from integrations.models.watching import FlowWatch, TakenFile

__all__ = [
    "Change",
    "Connection",
    "Export",
    "ExportedRow",
    "FeedStop",
    "Flow",
    "FlowTrigger",
    "FlowVersion",
    "FlowWatch",
    "ListExport",
    "Mapping",
    "MappingVersion",
    "OrderHandover",
    "PaymentAccount",
    "RawFile",
    "Rejection",
    "Run",
    "TakenFile",
    "TriggerSlot",
]
