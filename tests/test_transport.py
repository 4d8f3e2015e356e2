"""Calls and answers of the clients that people use; the clients are only needed here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import Adyen
import httpx
import pytest
import requests

from payrules import CallerError, Payment, Response, Undo, after, decide
from payrules.calls import Call
from payrules.providers.adyen import sdk
from payrules.transport import arguments, response
from payrules.words import Heard, Loss

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALL = Call(
    "POST", "/payments/P%2F1/refunds", {"idempotency-key": "k"}, {"amount": {"value": 7}}, ("merchantAccount",)
)
FILLED = CALL.filled(merchantAccount="Shop")
RECEIVED = {"status": "received", "pspReference": "M1"}


def answered(status: int, text: str) -> requests.Response:
    found = requests.Response()
    found.status_code, found._content = status, text.encode()
    return found


class TestArguments:
    """A call becomes what `requests.request` and `httpx` take."""

    def test_of_both_clients(self) -> None:
        """The same request goes out of either, with the caller's credentials and our headers."""
        given = arguments(FILLED, "https://example.com/v72/", {"x-api-key": "secret", "idempotency-key": "other"})
        sent = httpx.Client().build_request(**given)
        prepared = requests.Request(**given).prepare()

        assert "https://example.com/v72/payments/P%2F1/refunds" == str(sent.url) == prepared.url
        assert (
            {"amount": {"value": 7}, "merchantAccount": "Shop"}
            == json.loads(sent.content)
            == json.loads(prepared.body or "")
        )
        assert ("k", "secret") == (sent.headers["idempotency-key"], prepared.headers["x-api-key"])

    def test_of_a_form(self) -> None:
        """A body whose type is that of a form goes out as one, with no type of the client's own."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        given = arguments(
            Call("POST", "/v1/refunds", headers, {"payment_intent": "pi_1", "amount": 7}), "https://example.com"
        )
        sent, prepared = httpx.Client().build_request(**given), requests.Request(**given).prepare()

        assert "payment_intent=pi_1&amount=7" == sent.content.decode() == prepared.body
        assert headers["Content-Type"] == sent.headers["Content-Type"] == prepared.headers["Content-Type"]

    def test_of_a_request_without_a_body(self) -> None:
        """Neither client makes one up."""
        given = arguments(Call("DELETE", "/x", {"Content-Length": "0"}), "https://example.com")

        assert "json" not in given
        assert b"" == httpx.Client().build_request(**given).content
        assert "0" == requests.Request(**given).prepare().headers["Content-Length"]

    def test_of_a_call_that_is_not_filled_in(self) -> None:
        """It is not sent."""
        with pytest.raises(CallerError, match="merchantAccount"):
            arguments(CALL, "https://example.com")


RAISED = httpx.HTTPStatusError(
    "bad", request=httpx.Request("GET", "https://x"), response=httpx.Response(409, json={"a": 1})
)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (answered(201, '{"status": "received"}'), 201, {"status": "received"}),
        (answered(200, "<html>"), 200, None),
        (httpx.Response(400, json={"title": "no"}), 400, {"title": "no"}),
        (httpx.Response(502, text=""), 502, None),
        (httpx.Response(200, content=b"\xff\xfe"), 200, None),
        (RAISED, 409, {"a": 1}),
        (requests.HTTPError("bad", response=answered(500, "[]")), 500, []),
        ({"status_code": 200, "json": {"refundId": "r"}}, 200, {"refundId": "r"}),
        ({"status": 204}, 204, None),
        (Response(status=200), 200, None),
        (Adyen.client.AdyenResult(message=RECEIVED, status_code=201), 201, RECEIVED),
        (Adyen.client.AdyenResult(message=None, status_code=201, raw_response='{"a": 1}'), 201, {"a": 1}),
        (
            Adyen.AdyenAPIUnprocessableEntity("no", raw_response='{"errorCode": "167"}', status_code=422),
            422,
            {"errorCode": "167"},
        ),
        (Adyen.AdyenAPICommunicationError("no", raw_response="oops", status_code=500), 500, None),
    ],
)
def test_an_answer_has_its_code_and_its_body(answer: object, status: int, body: Any) -> None:
    """Of each client, also where it raised; what is no JSON is no body."""
    assert Response(status=status, body=body) == response(answer)


@pytest.mark.parametrize(
    ("error", "loss"),
    [
        (httpx.ReadTimeout("slow"), Loss.TIMED_OUT),
        (httpx.ConnectError("refused"), Loss.CONNECTION_LOST),
        (httpx.RemoteProtocolError("cut"), Loss.CONNECTION_LOST),
        (requests.Timeout("slow"), Loss.TIMED_OUT),
        (requests.ConnectionError("cut"), Loss.CONNECTION_LOST),
        (TimeoutError(), Loss.TIMED_OUT),
        (ConnectionResetError(), Loss.CONNECTION_LOST),
        (Adyen.AdyenInvalidRequestError("?"), Loss.CONNECTION_LOST),
        (RuntimeError("anything"), Loss.CONNECTION_LOST),
    ],
)
def test_an_exception_is_a_lost_answer(error: Exception, loss: Loss) -> None:
    """Whatever was raised: that nothing was sent is never concluded."""
    assert Response(lost=loss) == response(error)


@pytest.mark.parametrize("answer", [None, "200", 200, {"code": 200}, {}])
def test_anything_else_is_a_mistake(answer: object) -> None:
    """An object without a code, and a dict with other names."""
    with pytest.raises(CallerError):
        response(answer)


class TestAdyensLibrary:
    """A call is sent through Adyen's own library for Python, and its answers are read."""

    PAYMENT = Payment(
        provider="adyen",
        payment_id="VK9",
        merchant_reference="order-1",
        status="SentForSettle",
        currency="EUR",
        amount_authorized=1000,
        amount_captured=1000,
        amount_refunded=0,
    )

    def adyen(self, status: int, body: dict[str, Any]) -> tuple[Any, list[Any]]:
        """The library with its transport taken out."""
        client = Adyen.Adyen(xapikey="key", platform="test")
        sent: list[Any] = []

        class Transport:
            user_agent = "test"

            def request(self, method: str, url: str, **kwargs: Any) -> tuple[str, str, int, dict[str, str]]:
                sent.append((method, url, kwargs["json"], kwargs["headers"].get("Idempotency-Key")))
                return json.dumps(body), "", status, {}

        client.client.http_client, client.client.http_init = Transport(), True
        return client.checkout.modifications_api, sent

    def test_sends_every_operation_where_we_would(self) -> None:
        """Path, body and key are those of the call."""
        api, sent = self.adyen(201, RECEIVED)
        for path in ("/payments/VK9/cancels", "/payments/VK9/refunds", "/payments/VK9/reversals", "/cancels"):
            name, given = sdk.method(Call("POST", path, {"idempotency-key": "k"}, {"merchantAccount": "Shop"}))
            getattr(api, name)(**given)
            method, url, body, key = sent[-1]

            assert ("POST", f"https://checkout-test.adyen.com/v72{path}") == (method, url)
            assert ({"merchantAccount": "Shop"}, "k") == (body, key)

    @pytest.mark.parametrize(
        ("status", "body", "heard"),
        [
            (201, RECEIVED, Heard.ACCEPTED),
            (422, {"errorCode": "704", "status": 422}, Heard.IN_PROGRESS),
            (422, {"errorCode": "167", "status": 422}, Heard.NOT_FOUND),
            (500, {}, Heard.PROVIDER_FAILED),
        ],
    )
    def test_tells_what_comes_next(self, status: int, body: dict[str, Any], heard: Heard) -> None:
        """Whether the library returns or raises."""
        decision = decide(self.PAYMENT, Undo(at=AT, amount=400))
        assert decision.call is not None
        api, _ = self.adyen(status, body)
        name, given = sdk.method(decision.call.filled(merchantAccount="Shop"))
        try:
            answer: object = getattr(api, name)(**given)
        except Adyen.AdyenError as error:
            answer = error

        assert heard is after(decision, response(answer)).reason

    @pytest.mark.parametrize("path", ["/payments/VK9/captures", "/orders/cancel", "/payments"])
    def test_knows_modifications_alone(self, path: str) -> None:
        """Another path is a mistake, and so is a call that is not filled in."""
        with pytest.raises(CallerError):
            sdk.method(Call("POST", path))
        with pytest.raises(CallerError):
            sdk.method(CALL)
