"""The catalog: prices, machine sizes, services, regions and assumptions, each read on first use."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, cast

from planner.catalog.commitments import DIMENSIONS, committed_price
from planner.catalog.facts import Facts
from planner.catalog.integrity import CatalogBytes
from planner.catalog.listed import ListPrices
from planner.catalog.missing import price_not_found
from planner.catalog.prices import RECORDED, PriceFile, canonical, read_reserved
from planner.catalog.sizes import SizeTables, Spec, offers, unbeaten
from planner.catalog.yamls import FactFiles
from planner.errors import CatalogError, PriceNotFoundError
from planner.models.facts import (
    CacheNode,
    Coverage,
    DbClass,
    InstanceType,
    Price,
    ReservedRates,
    SearchInstance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal
    from pathlib import Path

    from planner.catalog.overlay import Overlay

GLOBAL = "global"


class Catalog(Facts):
    """Every fact the planner reads. Prices missing here are missing: nothing is filled in."""

    def __init__(self, root: Path, *, recorded_only: bool = False, overlay: Overlay | None = None) -> None:
        """Point at a catalog folder; nothing is read yet.

        Args:
            root: The folder with `prices/`, `services/` and the rest.
            recorded_only: Leave out every price that is inferred (basis parity, uniform, rule).
            overlay: Newer prices that replace the folder's own.
        """
        self.root = root
        self.overlay = overlay
        self.recorded_only = recorded_only
        self._bytes = CatalogBytes(root)
        super().__init__(FactFiles(self._bytes))
        self._sizes = SizeTables(self._bytes)
        self._files: dict[tuple[str, str], PriceFile] = {}
        self._made: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._prices: dict[tuple[object, ...], Price | None] = {}
        self._reserved: dict[tuple[str, str], Mapping[str, ReservedRates]] = {}

    # Prices

    @cached_property
    def listed(self) -> ListPrices:
        """Prices by the attributes of the AWS Price List."""
        return ListPrices(self._bytes)

    def _file(self, region: str, service_code: str) -> PriceFile:
        place = (region, service_code)
        if place not in self._files:
            text = self._bytes.text(f"prices/{region}/{service_code}.csv")
            if self.overlay is not None:
                text = self.overlay.laid_over(text, region, service_code)
            self._files[place] = PriceFile(text, region, service_code, recorded_only=self.recorded_only)
        return self._files[place]

    def find_price(self, region: str, service_code: str, dimension: str, **attributes: str) -> Price | None:
        """Return a price, None if it is not known or not unique.

        Attributes may be left out as long as exactly one price has those that are given.
        """
        known = (region, service_code, dimension, *attributes.items())
        if known not in self._prices:
            self._prices[known] = self._look_up(region, service_code, dimension, attributes)
        return self._prices[known]

    def _look_up(self, region: str, service_code: str, dimension: str, attributes: dict[str, str]) -> Price | None:
        if "commitment" in attributes:
            return self._committed(region, service_code, dimension, attributes)
        file = self._file(region, service_code)
        exact = file.get(dimension, canonical(attributes))
        if exact is not None:
            return exact
        matches = file.matching(dimension, attributes)
        return file.get(dimension, matches.pop()) if len(matches) == 1 else None

    def _committed(self, region: str, service_code: str, dimension: str, attributes: dict[str, str]) -> Price | None:
        """Return the price of a machine hour under a commitment (`commitment="reserved 1y no_upfront"`)."""
        others = {name: value for name, value in attributes.items() if name != "commitment"}
        listed = self.find_price(region, service_code, dimension, **others)
        if listed is None or DIMENSIONS.get(service_code) != dimension:
            return None
        # The reserved table tells machines apart by their attributes without the operating system.
        named = canonical({name: value for name, value in listed.attributes if name != "os"})
        rates = self.reserved(region, service_code).get(named)
        found = committed_price(rates, listed, attributes["commitment"]) if rates else None
        return None if found is None or (self.recorded_only and found.basis != RECORDED) else found

    def price(self, region: str, service_code: str, dimension: str, **attributes: str) -> Price:
        """Return a price, USD per unit before tax.

        Raises:
            PriceNotFoundError: it is not known, or several prices have the given attributes; names them.
        """
        found = self.find_price(region, service_code, dimension, **attributes)
        if found is None:
            file = self._file(region, service_code)
            elsewhere = self._regions_with(service_code, dimension)
            raise PriceNotFoundError(price_not_found(file, dimension, canonical(attributes), elsewhere))
        return found

    def priced_services(self) -> tuple[str, ...]:
        """Return the service codes with prices in some Region, sorted."""
        files = (self.root / "prices").glob("*/*.csv")
        return tuple(sorted({path.name.partition(".")[0] for path in files}))

    def dimensions(self, region: str, service_code: str) -> tuple[str, ...]:
        """Return the price dimensions of a service in a Region, sorted."""
        return self._file(region, service_code).dimensions()

    def prices(self, region: str, service_code: str, dimension: str) -> tuple[Price, ...]:
        """Return all prices of a dimension, by attributes."""
        file = self._file(region, service_code)
        found = (file.get(dimension, key) for key in file.attributes(dimension))
        return tuple(price for price in found if price is not None)

    def _regions_with(self, service_code: str, dimension: str) -> tuple[str, ...]:
        folders = {path.parent.name for path in (self.root / "prices").glob(f"*/{service_code}.csv")}
        folders |= {place for place, code in self.overlay.files if code == service_code} if self.overlay else set()
        return tuple(region for region in sorted(folders) if self._file(region, service_code).has(dimension))

    def service_codes(self, region: str) -> tuple[str, ...]:
        """Return the service codes that have prices in a Region (or in `global`), sorted."""
        files = (self.root / "prices" / region).glob("*.csv")
        found = {path.stem for path in files if "." not in path.stem}
        if self.overlay is not None:
            found |= {code for place, code in self.overlay.files if place == region}
        return tuple(sorted(found))

    def all_prices(self, region: str, service_code: str) -> tuple[Price, ...]:
        """Return every price of a service in a Region, by dimension and attributes."""
        dimensions = self._file(region, service_code).dimensions()
        return tuple(price for dimension in dimensions for price in self.prices(region, service_code, dimension))

    def price_keys(self, region: str, service_code: str) -> tuple[tuple[str, str], ...]:
        """Return (dimension, canonical attributes) of every price of a service in a Region, without building the prices."""
        file = self._file(region, service_code)
        return tuple((dimension, key) for dimension in file.dimensions() for key in file.attributes(dimension))

    def has_price(self, region: str, service_code: str, dimension: str) -> bool:
        """Return whether a dimension has any price in a Region."""
        return self._file(region, service_code).has(dimension)

    def price_dates(self, region: str, service_code: str) -> tuple[tuple[str, str], ...]:
        """Return (as_of, source) of every price of a service in a Region, without building the prices."""
        return tuple(self._file(region, service_code).dates())

    def reserved(self, region: str, service_code: str) -> Mapping[str, ReservedRates]:
        """Return reserved rates by canonical attributes (`instance_type=m5.large`), effective USD an hour."""
        place = (region, service_code)
        if place not in self._reserved:
            text = self._bytes.text(f"prices/{region}/{service_code}.reserved.csv")
            self._reserved[place] = read_reserved(self.overlay.reserved_over(text, region, service_code) if self.overlay else text)
        return self._reserved[place]

    def prices_as_of(self, prices: Iterable[Price]) -> dict[str, str]:
        """Return the oldest date of each source among some prices, sorted by source."""
        oldest: dict[str, str] = {}
        for price in prices:
            oldest[price.source] = min(price.as_of, oldest.get(price.source, price.as_of))
        return dict(sorted(oldest.items()))

    # Machine sizes

    def instance_types(self, region: str, *, staircase: bool = True) -> tuple[InstanceType, ...]:
        """Return the EC2 types on offer in a Region, cheapest first.

        Args:
            region: Where.
            staircase: Only those that no other one beats in price, sustained vCPUs and memory.
        """
        known = ("ec2", region, staircase)
        if known in self._made:
            return cast("tuple[InstanceType, ...]", self._made[known])
        specs = self._sizes.instance_types
        place = (self._file(region, "AmazonEC2"), "instance-hour", "instance_type={};os=linux".format)
        if staircase:
            specs = self._staircase(region, *place)
        made = offers(InstanceType, specs, *place)
        self._made[known] = made
        return made

    def instance_type(self, region: str, name: str) -> InstanceType | None:
        """Return an EC2 type as it is on offer in a Region, None where it is not."""
        spec = self._sizes.instance_types.get(name)
        price = self._file(region, "AmazonEC2").get("instance-hour", f"instance_type={name};os=linux") if spec else None
        return InstanceType(name, *spec, price) if spec and price else None

    def _staircase(self, region: str, file: PriceFile, dimension: str, key: Callable[[str], str]) -> dict[str, Spec]:
        specs = self._sizes.instance_types
        if self.overlay is not None and (region, "AmazonEC2") in self.overlay.files:
            return unbeaten(specs, file, dimension, key)
        names = self._bytes.text(f"prices/{region}/AmazonEC2.staircase.csv").split()[1:]
        return {name: specs[name] for name in names if name in specs}

    def db_classes(
        self,
        region: str,
        engine: str,
        deployment: str,
        *,
        all: bool = False,  # noqa: A002 - public contract
    ) -> tuple[DbClass, ...]:
        """Return the instance classes for a database engine, cheapest first.

        Args:
            region: Where.
            engine: `postgres`, `mysql`, or `aurora-postgresql`, `aurora-mysql`.
            deployment: `single-az`, `multi-az`; for Aurora `standard`, `io-optimized`.
            all: Also those that another one beats.
        """
        known = ("rds", region, engine, deployment, all)
        if known in self._made:
            return cast("tuple[DbClass, ...]", self._made[known])
        aurora = engine.startswith("aurora-")
        dimension = "aurora-instance-hour" if aurora else "instance-hour"
        fixed = {"engine": engine, "storage" if aurora else "deployment": deployment, "instance_class": "{}"}
        place = (self._file(region, "AmazonRDS"), dimension, canonical(fixed).format)
        specs = self._sizes.db_classes
        made = offers(DbClass, specs if all else unbeaten(specs, *place), *place)
        self._made[known] = made
        return made

    def cache_nodes(self, region: str, engine: str, *, all: bool = False) -> tuple[CacheNode, ...]:  # noqa: A002
        """Return the node types for `valkey`, `redis` or `memcached`, cheapest first."""
        known = ("elasticache", region, engine, all)
        if known in self._made:
            return cast("tuple[CacheNode, ...]", self._made[known])
        key = canonical({"engine": engine, "node_type": "{}"}).format
        place = (self._file(region, "AmazonElastiCache"), "node-hour", key)
        specs = self._sizes.cache_nodes
        made = offers(CacheNode, specs if all else unbeaten(specs, *place), *place)
        self._made[known] = made
        return made

    def search_instances(self, region: str, *, all: bool = False) -> tuple[SearchInstance, ...]:  # noqa: A002
        """Return the OpenSearch data instance types, cheapest first."""
        known = ("opensearch", region, all)
        if known in self._made:
            return cast("tuple[SearchInstance, ...]", self._made[known])
        place = (self._file(region, "AmazonES"), "instance-hour", "instance_type={}".format)
        specs = self._sizes.search_instances
        made = offers(SearchInstance, specs if all else unbeaten(specs, *place), *place)
        self._made[known] = made
        return made

    def ec2_vcpus(self, name: str) -> tuple[int, Decimal]:
        """Return the vCPUs of an EC2 instance type and those that it sustains.

        Raises:
            CatalogError: it is unknown.
        """
        if name not in self._sizes.instance_types:
            raise CatalogError(f"no instance type {name!r} in the catalog")
        spec = self._sizes.instance_types[name]
        return spec.vcpus, spec.effective_vcpus

    def db_memory_mib(self, name: str) -> int:
        """Return the memory of an RDS or Aurora instance class.

        Raises:
            CatalogError: it is unknown.
        """
        if name not in self._sizes.db_classes:
            raise CatalogError(f"no database class {name!r} in the catalog")
        return self._sizes.db_classes[name].memory_mib

    # The catalog itself

    def coverage(self, region: str) -> Coverage:
        """Return which of the services' dimensions have a price in a Region, and the price rows by basis."""
        have: dict[str, tuple[str, ...]] = {}
        lack: dict[str, tuple[str, ...]] = {}
        codes = set()
        for service_id in self.services():
            uses = self.service(service_id).prices
            codes |= {use.service_code for use in uses if use.where != GLOBAL}
            found = {use: self._file(GLOBAL if use.where == GLOBAL else region, use.service_code).has(use.dimension) for use in uses}
            have[service_id] = tuple(f"{use.service_code} {use.dimension}" for use in uses if found[use])
            lack[service_id] = tuple(f"{use.service_code} {use.dimension}" for use in uses if not found[use])
        counts = Counter[str]()
        for code in sorted(codes):
            for basis, number in self._file(region, code).basis_counts():
                counts[basis] += number
        return Coverage(
            region=region,
            priced={key: value for key, value in have.items() if value},
            missing={key: value for key, value in lack.items() if value},
            by_basis=dict(sorted(counts.items())),
        )

    def digest(self) -> str:
        """Return one SHA-256 for the whole catalog: of the text that `SHA256SUMS` has for the present bytes.

        Cheap as long as every file read so far is as `SHA256SUMS` says; otherwise all files are hashed.
        """
        embedded = self._bytes.digest()
        return self.overlay.digest(embedded) if self.overlay is not None else embedded
