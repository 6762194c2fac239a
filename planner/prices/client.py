"""The AWS Price List API: the only module that talks to AWS, and the only home of boto3.

What goes wrong comes out as one `ServiceError` that says what to do; nothing else escapes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectionError,  # noqa: A004 - botocore's own
    ConnectTimeoutError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    TokenRetrievalError,
)

from planner import __version__
from planner.errors import ServiceError
from planner.prices.products import AnswerError, Product, parse_entry
from planner.prices.rules import Query

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
"""Where AWS runs the API, for every Region of the commercial partition."""
PAGE = 100
"""Products a page; the API allows no more."""
ATTEMPTS = 6
"""How often a request is sent before it counts as failed; AWS_MAX_ATTEMPTS overrides it."""
GLOBAL_CODES = ("", "global", "aws-global")
"""What the list of offer files may call the one of a service that is priced once."""
CUT_OFF = 3
"""How often a page whose body came cut off is asked for again."""
TIMEOUT = 30.0
"""Seconds without a byte before an answer counts as lost."""
PERMISSIONS = "docs/prices.md has the permissions"
_EXPIRED = {"ExpiredTokenException", "ExpiredToken", "RequestExpired"}
_DENIED = {"AccessDeniedException", "AccessDenied", "NotAuthorized"}
_REFUSED = {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"}
_THROTTLED = {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
_NO_SUCH = {"NotFoundException", "ResourceNotFoundException"}


class PriceListClient:
    """Asks the Price List API; one client serves many threads."""

    def __init__(self, endpoint: str = ENDPOINTS[0], *, timeout: float = TIMEOUT, connections: int = 8) -> None:
        """Make a client; nothing is sent yet.

        Args:
            endpoint: One of `ENDPOINTS`. AWS_ENDPOINT_URL_PRICING overrides where requests really go.
            timeout: Seconds to wait for a connection, and for each part of an answer.
            connections: How many requests may be under way at once.

        Raises:
            ServiceError: there is no such AWS profile.
        """
        retries: dict[str, Any] = {"mode": "adaptive"}
        if "AWS_MAX_ATTEMPTS" not in os.environ:
            retries["total_max_attempts"] = ATTEMPTS
        config = Config(
            retries=retries,
            connect_timeout=timeout,
            read_timeout=timeout,
            max_pool_connections=connections,
            user_agent_extra=f"planner/{__version__}",
        )
        self.timeout = timeout
        try:
            self._client = boto3.Session().client("pricing", region_name=endpoint, config=config)
        except (BotoCoreError, ValueError) as error:
            _fail(error)

    def products(self, query: Query) -> Iterator[list[Product]]:
        """Yield the products that fit a query, page by page.

        Raises:
            ServiceError: AWS cannot be reached or refuses.
            AnswerError: an answer cannot be used.
        """
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in query.filters]
        asked: dict[str, Any] = {"ServiceCode": query.offer, "Filters": filters, "FormatVersion": "aws_v1", "MaxResults": PAGE}
        seen = set[str]()
        while True:
            page = self._page(lambda: self._client.get_products(**asked), "PriceList")
            yield [parse_entry(text) for text in page["PriceList"]]
            token = page.get("NextToken") or ""
            if not token:
                return
            if token in seen:
                raise AnswerError(f"the pages of {query.offer} go in a circle")
            seen.add(token)
            asked["NextToken"] = token

    def offer_file_url(self, offer: str, region: str, day: str) -> str:
        """Return where the offer file (CSV) of a service in a Region lies, as of a day (`2026-10-01`).

        Raises:
            ServiceError: there is none, AWS cannot be reached or refuses.
        """
        asked = {"ServiceCode": offer, "EffectiveDate": day, "CurrencyCode": "USD"} | ({"RegionCode": region} if region else {})
        listed = self._page(lambda: self._client.list_price_lists(**asked), "PriceLists")["PriceLists"]
        where = region or "all Regions"
        fitting = [one for one in listed if one.get("RegionCode", "") in ((region,) if region else GLOBAL_CODES)]
        if not fitting:
            raise AnswerError(f"AWS has no price list file of {offer} for {where} as of {day}; fetch it without --bulk")
        arn = fitting[0]["PriceListArn"]
        url: str = self._page(lambda: self._client.get_price_list_file_url(PriceListArn=arn, FileFormat="csv"), "Url")["Url"]
        return url

    def _page(self, ask: Callable[[], dict[str, Any]], key: str) -> dict[str, Any]:
        """Return an answer that has a key: a body cut off within the JSON reaches us as one without."""
        for _ in range(CUT_OFF):
            try:
                page = ask()
            except ConnectionClosedError:
                continue  # cut off before its first line
            except (BotoCoreError, ClientError) as error:
                _fail(error)
            if key in page:
                return page
        raise AnswerError(f"the answer of the Price List API came cut off {CUT_OFF} times")


def _fail(error: Exception) -> NoReturn:
    raise ServiceError(_message(error)) from error


def _message(error: Exception) -> str:
    match error:
        case NoCredentialsError() | PartialCredentialsError():
            return f"no AWS credentials: the Price List API needs them, though it costs nothing; {PERMISSIONS}"
        case ProfileNotFound():
            return f"{error}; AWS_PROFILE names it"
        case TokenRetrievalError():
            return f"the AWS session has expired: sign in again ({error})"
        case ClientError():
            return _refusal(error)
        case ConnectTimeoutError() | ReadTimeoutError():
            return "the Price List API did not answer in time; try again, or allow more with --timeout"
        case ConnectionError() | HTTPClientError():
            return f"the Price List API cannot be reached: is there a network? ({_short(error)})"
        case _:
            return f"the Price List API failed: {_short(error)}"


def _refusal(error: ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    said = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _EXPIRED:
        return "the AWS session has expired: sign in again, then run the same command"
    if code in _DENIED:
        return f"these AWS credentials may not read prices: {said}; {PERMISSIONS}"
    if code in _REFUSED:
        return f"AWS does not accept these credentials ({code}); GovCloud and China accounts cannot use the Price List API"
    if code in _THROTTLED:
        return "the Price List API keeps throttling; run the same command later, it goes on where it stopped"
    if code in _NO_SUCH:
        return f"the Price List API knows no such thing: {said}"
    if status >= 500:
        return f"the Price List API keeps failing on its side ({status} {code}); run the same command later, it goes on where it stopped"
    return f"the Price List API refused: {code}: {said}"


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
