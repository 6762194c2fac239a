"""A local AWS Price List: the JSON 1.1 protocol over real HTTP, entries in the recorded form, and faults on demand."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TARGET = "AWSPriceListService."
ON_DEMAND = "JRTCKXETXF"
HOURLY = "6YS6EN2CT7"

Tier = tuple[str, str, str]
"""(beginRange, endRange, price)."""


def entry(
    sku: str,
    offer: str,
    family: str,
    price: str | list[Tier],
    *,
    unit: str = "Hrs",
    currency: str = "USD",
    region: str = "us-east-1",
    **attributes: str,
) -> dict[str, Any]:
    """Return a product with an on-demand price, in the form that GetProducts gives."""
    tiers = [("0", "Inf", price)] if isinstance(price, str) else price
    term = f"{sku}.{ON_DEMAND}"
    dimensions = {
        f"{term}.{HOURLY}{number}": {
            "unit": unit,
            "endRange": end,
            "description": f"${usd} per {unit}",
            "appliesTo": [],
            "rateCode": f"{term}.{HOURLY}{number}",
            "beginRange": begin,
            "pricePerUnit": {currency: usd},
        }
        for number, (begin, end, usd) in enumerate(tiers)
    }
    place = {"regionCode": region, "locationType": "AWS Region", "servicecode": offer} if region else {"servicecode": offer}
    return {
        "product": {"productFamily": family, "attributes": place | attributes, "sku": sku},
        "serviceCode": offer,
        "terms": {
            "OnDemand": {
                term: {
                    "priceDimensions": dimensions,
                    "sku": sku,
                    "effectiveDate": "2026-11-01T00:00:00Z",
                    "offerTermCode": ON_DEMAND,
                    "termAttributes": {},
                }
            }
        },
        "version": "20261101000000",
        "publicationDate": "2026-11-01T00:00:00Z",
    }


def machine(sku: str, kind: str, price: str, *, region: str = "us-east-1", system: str = "Linux", **attributes: str) -> dict[str, Any]:
    """Return an EC2 instance type."""
    fixed = {
        "instanceType": kind,
        "tenancy": "Shared",
        "operatingSystem": system,
        "preInstalledSw": "NA",
        "licenseModel": "No License required",
        "capacitystatus": "Used",
        "usagetype": f"BoxUsage:{kind}",
        "operation": "RunInstances",
    }
    return entry(sku, "AmazonEC2", "Compute Instance", price, region=region, **(fixed | attributes))


@dataclass
class Asked:
    """One request: the operation and what was asked."""

    operation: str
    body: dict[str, Any]


Fault = Callable[[Asked, int], Any]
"""Gets a request and how many came before it; returns None to answer it well, or what to do instead:
an `Error`, `"cut"` (a body that ends early), `"half"` (JSON that ends early), a number (seconds to wait)."""


@dataclass
class Error:
    """An answer of AWS that says no."""

    status: int
    code: str
    message: str = "no"


@dataclass
class PriceList:
    """What the service has, how it fails, and what it was asked."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100
    fault: Fault = lambda _asked, _before: None
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    at_once: int = 0
    most_at_once: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def counts(self) -> Counter[str]:
        """Return how often each operation was asked."""
        return Counter(one.operation for one in self.asked)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return what an operation answers."""
        match asked.operation:
            case "GetProducts":
                return self._products(asked.body)
            case "ListPriceLists":
                key = (asked.body["ServiceCode"], asked.body.get("RegionCode", ""))
                arn = f"arn:aws:pricing:::price-list/aws/{key[0]}/USD/20261101000000/{key[1]}"
                listed = [{"PriceListArn": arn, "RegionCode": key[1], "CurrencyCode": "USD", "FileFormats": ["json", "csv"]}]
                return {"PriceLists": listed if key in self.files else []}
            case "GetPriceListFileUrl":
                _, _, service, _, _, region = asked.body["PriceListArn"].split("/")
                return {"Url": f"{self.url}/file/{service}/{region or '-'}"}
        raise AssertionError(asked.operation)

    def _products(self, body: dict[str, Any]) -> dict[str, Any]:
        found = [
            one
            for one in self.entries
            if one["serviceCode"] == body["ServiceCode"] and all(_fits(one, wanted) for wanted in body.get("Filters", ()))
        ]
        start = int(body.get("NextToken", "0"))
        size = min(self.page, body["MaxResults"])
        answer = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in found[start : start + size]]}
        return answer | ({"NextToken": str(start + size)} if start + size < len(found) else {})


def _fits(one: dict[str, Any], wanted: dict[str, str]) -> bool:
    assert wanted["Type"] == "TERM_MATCH"
    product = one["product"]
    known: dict[str, str] = product["attributes"] | {"productFamily": product["productFamily"]}
    return known.get(wanted["Field"]) == wanted["Value"]


class Handler(BaseHTTPRequestHandler):
    """Speaks JSON 1.1 as the service does."""

    protocol_version = "HTTP/1.1"
    served: PriceList

    def do_POST(self) -> None:
        """Answer an operation."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Content-Type"] == "application/x-amz-json-1.1"
        assert "AWS4-HMAC-SHA256" in self.headers["Authorization"]
        asked = Asked(self.headers["X-Amz-Target"].removeprefix(TARGET), body)
        served = self.served
        with served.lock:
            before = len(served.asked)
            served.asked.append(asked)
            served.at_once += 1
            served.most_at_once = max(served.most_at_once, served.at_once)
        try:
            self._answer(asked, served.fault(asked, before))
        finally:
            with served.lock:
                served.at_once -= 1

    def _answer(self, asked: Asked, fault: Any) -> None:
        if isinstance(fault, Error):
            self._send(fault.status, json.dumps({"__type": fault.code, "message": fault.message}).encode())
            return
        if isinstance(fault, (int, float)):
            time.sleep(fault)
        content = json.dumps(self.served.answer(asked)).encode()
        if fault == "half":
            self._send(200, content[: len(content) // 2])
        elif fault == "cut":
            self._send(200, content[: len(content) // 2], promised=len(content))
        else:
            self._send(200, content)

    def do_GET(self) -> None:
        """Give an offer file."""
        _, _, service, region = self.path.split("/")
        content = self.served.files[service, "" if region == "-" else region]
        self._send(200, content, promised=int(self.served.headers.get("promised", len(content))))

    def _send(self, status: int, content: bytes, promised: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(promised or len(content)))
        if promised and promised != len(content):
            self.send_header("Connection", "close")
            self.close_connection = True
        if "Content-Encoding" in self.served.headers and self.command == "GET":
            self.send_header("Content-Encoding", self.served.headers["Content-Encoding"])
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Ends without waiting for slow answers."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Say nothing about a client that went away."""


@contextmanager
def serving(served: PriceList) -> Iterator[PriceList]:
    """Serve a price list on a port of this machine."""
    handler = type("Handler", (Handler,), {"served": served})
    server = Server(("127.0.0.1", 0), handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
