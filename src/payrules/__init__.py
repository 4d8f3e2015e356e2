"""Undo a payment: cancel, reverse, refund, or why not.

>>> from datetime import UTC, datetime
>>> payment = Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=1000)
>>> decision = decide(payment, Undo(at=datetime(2026, 11, 20, 12, tzinfo=UTC)))
>>> decision.action.value, decision.amount
('cancel', 1000)
"""

from payrules import providers
from payrules.after import Next, after, requested
from payrules.apply import apply
from payrules.decide import Decision, Verdict, check, decide, decide_many, forecast, plan
from payrules.errors import CallerError, PayrulesError, ProviderError, TableError
from payrules.events import Notice
from payrules.explain import explain
from payrules.fold import Folded, fold, fold_each
from payrules.payment import Payment, Undo
from payrules.responses import Response
from payrules.words import (
    Action,
    Batch,
    CaptureMode,
    Event,
    Heard,
    Kind,
    Loss,
    Outcome,
    Reason,
    Rejection,
    Source,
    Standing,
    Step,
)

__all__ = [
    "Action",
    "Batch",
    "CallerError",
    "CaptureMode",
    "Decision",
    "Event",
    "Folded",
    "Heard",
    "Kind",
    "Loss",
    "Next",
    "Notice",
    "Outcome",
    "Payment",
    "PayrulesError",
    "ProviderError",
    "Reason",
    "Rejection",
    "Response",
    "Source",
    "Standing",
    "Step",
    "TableError",
    "Undo",
    "Verdict",
    "after",
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
    "requested",
]
