"""A call as the arguments of an HTTP client, and what the client gave back as a `Response`; nothing is sent here.

No client is imported: `requests`, `httpx` and software kits built on them are told apart by what their objects have.
An exception means that the answer was lost, unless it carries one: nobody can know from it that nothing was sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from payrules.calls import Call
from payrules.errors import CallerError
from payrules.responses import Response
from payrules.words import Loss

FORM = "application/x-www-form-urlencoded"


def arguments(call: Call, base: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`method`, `url`, `headers` and a body as `json`, or a form as `data`: what `requests.request` and `httpx` take.

    `base` is the provider's address, `headers` the caller's own, such as credentials. Raises `CallerError` for a call
    that is not filled in.

    >>> arguments(Call("DELETE", "/payment-intents/pi_1"), "https://api.dojo.tech/")["url"]
    'https://api.dojo.tech/payment-intents/pi_1'
    """
    call = call.filled()
    sent = {
        "method": call.method,
        "url": base.rstrip("/") + call.path,
        "headers": {**(headers or {}), **call.headers},
    }
    if call.body is None:
        return sent
    return {**sent, "data" if call.headers.get("Content-Type") == FORM else "json": dict(call.body)}


def response(answer: object) -> Response:
    """The response that a client's answer or exception is: also a `Response`, or a plain dict of `status` and `body`.

    Raises `CallerError` for an object that is neither.
    """
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, Mapping):
        return _of_mapping(answer)
    carried = getattr(answer, "response", None) if isinstance(answer, Exception) else None
    for held in (answer, carried):
        status = getattr(held, "status_code", None)
        if type(status) is int:
            return Response(status=status, body=_body(held))
    if isinstance(answer, Exception):
        return Response(lost=_loss(answer))
    raise CallerError("response", f"a {type(answer).__name__} has no status_code")


def _of_mapping(answer: Mapping[str, Any]) -> Response:
    """A plain dict by our names, or by those of the clients."""
    names = {"status_code": "status", "json": "body"}
    return Response.from_record({names.get(name, name): value for name, value in answer.items()})


def _body(held: object) -> Any:
    """The parsed JSON of an answer; None where it holds none."""
    read = getattr(held, "json", None)
    try:
        if callable(read):
            return read()
        parsed = getattr(held, "message", None)
        return (
            parsed if isinstance(parsed, (Mapping, list)) else json.loads(getattr(held, "raw_response", "") or "null")
        )
    except (ValueError, TypeError, RecursionError):
        return None


def _loss(error: Exception) -> Loss:
    names = (cls.__name__ for cls in type(error).__mro__)
    return Loss.TIMED_OUT if any("Timeout" in name for name in names) else Loss.CONNECTION_LOST
