"""Undo a payment: cancel, reverse, refund, or why not.

>>> from datetime import UTC, datetime
>>> payment = Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=1000)
>>> decision = decide(payment, Undo(at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
>>> decision.action.value, decision.amount
('cancel', 1000)
"""

from payrules import providers
from payrules.apply import apply
from payrules.decide import Decision, Verdict, check, decide, decide_many, forecast, plan
from payrules.errors import CallerError, PayrulesError, ProviderError, TableError
from payrules.events import Notice
from payrules.explain import explain
from payrules.fold import Folded, fold, fold_each
from payrules.payment import Payment, Undo
from payrules.words import Action, Batch, CaptureMode, Event, Kind, Reason, Rejection, Source, Standing

__all__ = [
    "Action",
    "Batch",
    "CallerError",
    "CaptureMode",
    "Decision",
    "Event",
    "Folded",
    "Kind",
    "Notice",
    "Payment",
    "PayrulesError",
    "ProviderError",
    "Reason",
    "Rejection",
    "Source",
    "Standing",
    "TableError",
    "Undo",
    "Verdict",
    "apply",
    "check",
    "decide",
    "decide_many",
    "explain",
    "fold",
    "fold_each",
    "forecast",
    "plan",
    "providers",
]
