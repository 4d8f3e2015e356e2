"""A call as a method of Adyen's own library for Python, which is not imported.

>>> from payrules.calls import Call
>>> call = Call("POST", "/payments/VK9/cancels", {"idempotency-key": "k"}, {"merchantAccount": "Shop"})
>>> method(call)
('cancel_authorised_payment_by_psp_reference', {'request': {'merchantAccount': 'Shop'}, 'idempotency_key': 'k', \
'paymentPspReference': 'VK9'})

So a call is sent by `name, arguments = method(call)` and
`getattr(adyen.checkout.modifications_api, name)(**arguments)`; `payrules.transport.response` reads what that returns
or raises.
"""

from __future__ import annotations

from typing import Any

from payrules.calls import Call
from payrules.errors import CallerError

_METHODS = {
    "cancels": "cancel_authorised_payment_by_psp_reference",
    "refunds": "refund_captured_payment",
    "reversals": "refund_or_cancel_payment",
}


def method(call: Call) -> tuple[str, dict[str, Any]]:
    """The name of a method of `modifications_api`, and its arguments; `CallerError` for a call that is not filled in.

    The reference stays quoted as in the path, since the library puts it into its own unchanged.
    """
    sent = {"request": dict(call.filled().body or {}), "idempotency_key": call.headers.get("idempotency-key")}
    match call.path.split("/"):
        case ["", "cancels"]:
            return "cancel_authorised_payment", sent
        case ["", "payments", reference, operation] if operation in _METHODS:
            return _METHODS[operation], {**sent, "paymentPspReference": reference}
    raise CallerError("call", f"{call.path} is no modification of Adyen's")
