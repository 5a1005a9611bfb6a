"""Forms of Orchestrator's pages in Office."""

from logistics.forms.stock import CorrectForm, CountForm, ReceiveForm, SafetyForm, TransferForm
from logistics.forms.trial import TrialForm
from logistics.forms.ways import (
    CarrierForm,
    DeliveryGroupForm,
    DeliveryModeForm,
    FeeLines,
    ForbiddenGoods,
    FulfilmentTypeForm,
    PlaceForm,
)

__all__ = [
    "CarrierForm",
    "CorrectForm",
    "CountForm",
    "DeliveryGroupForm",
    "DeliveryModeForm",
    "FeeLines",
    "ForbiddenGoods",
    "FulfilmentTypeForm",
    "PlaceForm",
    "ReceiveForm",
    "SafetyForm",
    "TransferForm",
    "TrialForm",
]
