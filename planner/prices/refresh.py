"""Fetch prices: which pairs of service and Region, their queries side by side, each pair written when it is whole."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from planner.catalog import Catalog, Price
from planner.catalog.prices import pairs as attribute_pairs
from planner.errors import ServiceError
from planner.prices import rules as price_rules
from planner.prices.cache import Pair, PriceCache
from planner.prices.products import AnswerError, Product, merged
from planner.prices.rules import GLOBAL, Place, Query, Rule
from planner.prices.selecting import Known, Selected, select

WORKERS = 6
"""Requests under way at once. AWS publishes no rate for the Price List API; the client slows down when it throttles."""
RICHEST = "us-east-1"


class Source(Protocol):
    """Where products come from: the API, or a bulk offer file."""

    name: str

    def products(self, query: Query, place: Place) -> Iterator[list[Product]]:
        """Yield the products that fit a query, in parts."""


class Task(NamedTuple):
    """One service in one Region: what to ask and which rules read it."""

    pair: Pair
    place: Place
    rules: tuple[Rule, ...]
    queries: tuple[Query, ...]


class Step(NamedTuple):
    """How far a refresh has come: of all questions, and which pair was just finished, if one was."""

    asked: int
    questions: int
    products: int
    finished: Pair | None


class Refreshed(NamedTuple):
    """What a refresh did: what each pair gave, those that were there already, and those whose answer was unusable."""

    day: str
    done: Mapping[Pair, Selected]
    skipped: tuple[Pair, ...]
    failed: Mapping[Pair, str]


class Wanted(NamedTuple):
    """What to refresh; empty means all."""

    regions: Sequence[str] = ()
    services: Sequence[str] = ()


def tasks(catalog: Catalog, wanted: Wanted) -> list[Task]:
    """Return the pairs to fetch, by Region and service.

    The Regions and services must exist and be supported (see `supported`).
    """
    by_service = price_rules.services(price_rules.load(catalog.root))
    found = []
    for region in wanted.regions or [*supported(catalog), GLOBAL]:
        place = price_rules.place_of(region, "" if region == GLOBAL else catalog.regions[region].name)
        kind = GLOBAL if region == GLOBAL else "region"
        for (where, service_code), rules in by_service.items():
            if where == kind and (not wanted.services or service_code in wanted.services):
                found.append(Task((region, service_code), place, rules, tuple(price_rules.queries(rules, place))))
    return found


def supported(catalog: Catalog) -> list[str]:
    """Return the Regions whose prices the API has for a commercial account, sorted."""
    return sorted(name for name, region in catalog.regions.items() if region.partition == "aws")


def service_codes(catalog: Catalog) -> list[str]:
    """Return the services that have rules, sorted."""
    return sorted({rule.service_code for rule in price_rules.load(catalog.root)})


def refresh(
    source: Source,
    cache: PriceCache,
    catalog: Catalog,
    todo: Sequence[Task],
    *,
    tell: Callable[[Step], None] = lambda _step: None,
    now: datetime | None = None,
) -> Refreshed:
    """Fetch pairs into the cache; those that were finished on the same day are skipped.

    A pair is written when all of it came; whatever happens, the cache holds whole pairs only. An answer that cannot be
    used costs its own pair, and the others go on; a service that cannot be reached ends the refresh.

    Args:
        source: Where products come from.
        cache: Where prices go.
        catalog: The embedded catalog, to recognise wrong units by.
        todo: The pairs.
        tell: Called after each question, from one thread.
        now: The time of the refresh, UTC.

    Raises:
        ServiceError: AWS cannot be reached or refuses; says how many pairs are finished.
    """
    started = now or datetime.now(UTC)
    day = started.date().isoformat()
    open_tasks = [task for task in todo if not cache.has(day, task.pair)]
    locations = _locations(catalog)
    run = _Run(open_tasks, tell)
    done: dict[Pair, Selected] = {}
    failed: dict[Pair, str] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {pool.submit(run.fetch, source, query, task.place): task for task in open_tasks for query in task.queries}
        try:
            for future in as_completed(futures):
                task = futures[future]
                products = run.collect(task, future, failed)
                if products is None:
                    continue
                selected = _selected(task, products, catalog, locations, failed)
                if selected is not None:
                    stamp = started.isoformat(timespec="seconds")
                    cache.write(day, task.pair, selected, source=source.name, fetched_at=stamp)
                    done[task.pair] = selected
                run.finish(task)
        except ServiceError as error:
            raise ServiceError(f"{error}{_progress(len(done), len(open_tasks))}") from error
        finally:
            run.stop()
            pool.shutdown(cancel_futures=True)
    todo_pairs = {task.pair for task in open_tasks}
    return Refreshed(day, done, tuple(task.pair for task in todo if task.pair not in todo_pairs), failed)


def _progress(done: int, todo: int) -> str:
    return f" ({done} of {todo} are fetched and kept)" if done else ""


def _selected(
    task: Task, products: list[Product], catalog: Catalog, locations: Mapping[str, str], failed: dict[Pair, str]
) -> Selected | None:
    """Return what a pair's products give; None with the reason in `failed` if they contradict each other."""
    try:
        listed = merged(products)
    except AnswerError as error:
        failed[task.pair] = str(error)
        return None
    return select(task.rules, listed.values(), task.place, locations, _known(catalog, task.pair))


class _Run:
    """The questions under way: what came for each pair, and whether to stop."""

    def __init__(self, todo: Iterable[Task], tell: Callable[[Step], None]) -> None:
        self._open = {task.pair: len(task.queries) for task in todo}
        self._came: dict[Pair, list[Product]] = defaultdict(list)
        self._questions = sum(self._open.values())
        self._asked = self._products = 0
        self._tell = tell
        self._stopped = threading.Event()

    def fetch(self, source: Source, query: Query, place: Place) -> list[Product]:
        """Return all products of a query, or what came until the run stopped."""
        found: list[Product] = []
        for part in source.products(query, place):
            found += part
            if self._stopped.is_set():
                break
        return found

    def collect(self, task: Task, future: Future[list[Product]], failed: dict[Pair, str]) -> list[Product] | None:
        """Take in one answer; return all products of the pair when it was the last one and none is unusable."""
        self._asked += 1
        self._open[task.pair] -= 1
        try:
            self._came[task.pair] += future.result()
            self._products += len(future.result())
        except AnswerError as error:
            failed[task.pair] = str(error)
        self._tell(Step(self._asked, self._questions, self._products, None))
        if self._open[task.pair]:
            return None
        products = self._came.pop(task.pair, [])
        return None if task.pair in failed else products

    def finish(self, task: Task) -> None:
        """Tell that a pair is done."""
        self._tell(Step(self._asked, self._questions, self._products, task.pair))

    def stop(self) -> None:
        """Let the questions under way end after their present page."""
        self._stopped.set()


def _known(catalog: Catalog, pair: Pair) -> Known:
    """Return the embedded prices of a pair; the price of one it lacks is looked up in the Region with the most."""
    region, service_code = pair

    def find(dimension: str, attributes: str) -> Price | None:
        wanted = attribute_pairs(attributes)
        for place in dict.fromkeys((region, RICHEST)):
            found = catalog.find_price(place, service_code, dimension, **dict(wanted))
            if found is not None and found.attributes == wanted:
                return found
        return None

    return Known(find, frozenset(catalog.price_keys(region, service_code)))


def _locations(catalog: Catalog) -> dict[str, str]:
    places = ((region, price_rules.place_of(region, found.name)) for region, found in catalog.regions.items())
    return {name: region for region, place in places for name in place.locations}
