"""The two ways to ask for products: by filters, page by page; or a service's whole offer file for a Region."""

from __future__ import annotations

import gzip
import http.client
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from planner.errors import ServiceError
from planner.prices.client import PriceListClient
from planner.prices.products import AnswerError, Product, read_offer_file
from planner.prices.rules import Place, Query

PART = 1 << 20
CHUNK = 1000


class ByFilters:
    """Products by `GetProducts`: little is sent, since the API filters."""

    name = "AWS Price List API (GetProducts)"

    def __init__(self, client: PriceListClient) -> None:
        self._client = client

    def products(self, query: Query, place: Place) -> Iterator[list[Product]]:
        """Yield the products that fit, page by page."""
        del place
        yield from self._client.products(query)


class ByFile:
    """Products from bulk offer files: everything a service has in a Region in one file, which may be hundreds of MB.

    The file is kept in a temporary folder for the queries of the same pair, and read row by row.
    """

    name = "AWS Price List bulk offer file"

    def __init__(self, client: PriceListClient, folder: Path, day: str) -> None:
        self._client = client
        self._folder = folder
        self._day = day
        self._locks: dict[Path, threading.Lock] = {}
        self._guard = threading.Lock()
        self._failed: dict[Path, ServiceError] = {}

    def products(self, query: Query, place: Place) -> Iterator[list[Product]]:
        """Yield the products that fit, in parts."""
        path = self._file(query.offer, place.region)
        part: list[Product] = []
        with path.open(encoding="utf-8", newline="") as lines:
            for product in read_offer_file(lines):
                if all(_value(product, name) == value for name, value in query.filters):
                    part.append(product)
                if len(part) == CHUNK:
                    yield part
                    part = []
        yield part

    def _file(self, offer: str, region: str) -> Path:
        path = self._folder / f"{offer}-{region or 'global'}.csv"
        with self._guard:
            lock = self._locks.setdefault(path, threading.Lock())
        with lock:
            if path in self._failed:
                raise self._failed[path]
            if not path.exists():
                self._fetch(offer, region, path)
        return path

    def _fetch(self, offer: str, region: str, path: Path) -> None:
        try:
            download(self._client.offer_file_url(offer, region, self._day), path, self._client.timeout)
        except ServiceError as error:
            self._failed[path] = error
            raise


def _value(product: Product, name: str) -> str:
    return product.family if name == "productFamily" else product.attribute(name)


def download(url: str, path: Path, timeout: float) -> None:
    """Fetch a file whole, or leave nothing.

    Raises:
        ServiceError: it cannot be reached, or the answer is cut off.
    """
    if not url.startswith(("https://", "http://")):
        raise AnswerError(f"the Price List API gave an address that is no web address: {url[:100]}")
    try:
        with (
            urllib.request.urlopen(url, timeout=timeout) as answer,  # noqa: S310 - the scheme is checked above
            tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part,
        ):
            try:
                _copy(answer, cast("IO[bytes]", part))
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
    except urllib.error.HTTPError as error:
        raise ServiceError(f"the price list file cannot be fetched: {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, EOFError) as error:
        raise ServiceError(f"the price list file cannot be fetched: {str(error) or type(error).__name__}") from error


def _copy(answer: http.client.HTTPResponse, target: IO[bytes]) -> None:
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    source = gzip.GzipFile(fileobj=answer) if zipped else answer
    while part := source.read(PART):
        target.write(part)
    promised = answer.headers.get("Content-Length")
    if promised and not zipped and target.tell() != int(promised):
        raise http.client.IncompleteRead(b"", int(promised) - target.tell())
