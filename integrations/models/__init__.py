"""Flows, the files they carried, their runs and rejections; what outside systems know of us."""

from integrations.models.flows import Flow, Mapping
from integrations.models.outside import OrderHandover
from integrations.models.runs import RawFile, Rejection, Run

__all__ = ["Flow", "Mapping", "OrderHandover", "RawFile", "Rejection", "Run"]
