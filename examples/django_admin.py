"""An Undo button in Django's admin: it shows what would happen, why, and until when, before anybody presses it.

    @admin.register(Order)
    class OrderAdmin(UndoMixin, admin.ModelAdmin):
        def payment_of(self, order): return order.payment()       # a payrules.Payment
        def send(self, order, decision, request_id): ...          # book, send, after: see examples/checkout

The form carries the id of the wish, so that a second click is the same wish, and the moment until which the answer
that was shown holds: after it the page is shown again instead of something else being sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from payrules import Action, Decision, Payment, Undo, decide

PAGE = """<h1>Undo {order}</h1>
<p><strong>{message}</strong></p>
<p>{until}</p>
<p>Rests on {claims} (standing: {standing}).</p>
{form}"""

FORM = """<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">
<input type="hidden" name="request_id" value="{request_id}"><input type="hidden" name="shown" value="{shown}">
<button>{action} {amount}</button></form>"""


class UndoMixin:
    """For a `ModelAdmin`: the address `<id>/undo/` beside those of the admin."""

    def payment_of(self, order: Any) -> Payment:
        """The payment of an order, as the shop knows it."""
        raise NotImplementedError

    def send(self, order: Any, decision: Decision, request_id: str) -> None:
        """Book and send the decided call for a wish of this id."""
        raise NotImplementedError

    def get_urls(self) -> list[Any]:
        """The admin's own addresses, after ours."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [path("<path:object_id>/undo/", site.admin_view(self.undo), name="undo")]
        return own + list(super().get_urls())  # type: ignore[misc]

    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What an undo would do (GET), and doing it (POST) if that is still what was shown."""
        order = self.get_object(request, object_id)  # type: ignore[attr-defined]
        decision = decide(self.payment_of(order), Undo(at=timezone.now()))
        pressed = request.method == "POST" and decision.action is not Action.REJECT
        if pressed and request.POST.get("shown") == _shown(decision):
            self.send(order, decision, request.POST["request_id"])
            return HttpResponseRedirect("../change/")
        return HttpResponse(_page(request, order, decision), status=409 if request.method == "POST" else 200)


def _shown(decision: Decision) -> str:
    """What the person has seen, so that nothing else is done in its name."""
    return f"{decision.action} {decision.amount} {decision.reason}"


def _page(request: HttpRequest, order: Any, decision: Decision) -> str:
    form: str = ""
    if decision.action is not Action.REJECT:
        told = {"action": decision.action.capitalize(), "amount": f"{decision.payment.currency} {decision.amount}"}
        given = {"token": get_token(request), "request_id": str(uuid4()), "shown": _shown(decision)}
        form = format_html(FORM, **told, **given)
    page = format_html(
        PAGE,
        order=order,
        message=decision.message,
        until=_until(decision.good_until),
        claims=", ".join(decision.claims) or "arithmetic alone",
        standing=decision.standing,
        form=form,
    )
    return str(page)


def _until(moment: datetime | None) -> str:
    return "Time alone does not change this." if moment is None else f"This holds until {moment:%Y-%m-%d %H:%M} UTC."
