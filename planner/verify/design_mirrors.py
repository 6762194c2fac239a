"""What each environment besides production leaves out, compared anew; what a framework forbids is a finding (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner.models.plan import Resource
from planner.models.practices import Difference
from planner.units import plain
from planner.verify.arithmetic import ceiling
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of
from planner.verify.listed import check_listed

Entry = dict[str, object]
WEEK = Decimal(168)
MIDNIGHT = 1440


def check_mirrors(frame: Frame, findings: Findings) -> None:
    """Check every mirror: its size, its hours, and each thing it leaves out with what allows that."""
    places = sorted((spot for spot in frame.spots if not spot.production), key=lambda spot: spot.environment)
    stated = frame.plan.continuity.mirrors
    findings.equal("continuity.mirrors", [item.environment for item in stated], [spot.environment for spot in places])
    for k, (item, spot) in enumerate(zip(stated, places, strict=False)):
        place, hours = f"continuity.mirrors[{k}]", spot.stated.hours_per_week or WEEK
        start, stop = crons(hours, int(frame.values["working_day_start_hour"])) if hours < WEEK else (None, None)
        findings.equal(f"{place}.scale_percent", item.scale_percent, plain(spot.scale * 100))
        findings.equal(f"{place}.hours_per_week", item.hours_per_week, plain(hours))
        findings.equal(f"{place}.start", item.start, start)
        findings.equal(f"{place}.stop", item.stop, stop)
        check_listed(f"{place}.dropped", item.dropped, list(_Compared(frame, spot, findings, place).entries()), findings)


def crons(hours: Decimal, first_hour: int) -> tuple[str, str]:
    """Return when something that runs so many hours a week starts and stops, as AWS cron, weekdays first."""
    if hours < 120:
        daily = ceiling(hours * 12)
        begin = min(first_hour * 60, MIDNIGHT - daily)
        end = begin + daily
        days = "TUE-SAT" if end == MIDNIGHT else "MON-FRI"
        return _cron(begin, "MON-FRI"), _cron(end % MIDNIGHT, days)
    end = ceiling(hours * 60) - 5 * MIDNIGHT
    name = "SAT" if end < MIDNIGHT else "SUN" if end < 2 * MIDNIGHT else "MON"
    return _cron(0, "MON"), _cron(end % MIDNIGHT, name)


def _cron(minute: int, days: str) -> str:
    hour, rest = divmod(minute, 60)
    return f"cron({rest} {hour} ? * {days} *)"


class _Compared:
    """A mirror's site beside production's primary one."""

    def __init__(self, frame: Frame, spot: Spot, findings: Findings, place: str) -> None:
        self.frame, self.spot, self.findings, self.place = frame, spot, findings, place
        names = frame.document.security.frameworks
        self.brought = {element for name in names for element in frame.catalog.framework(name).elements}

    def entries(self) -> Iterator[Entry]:
        """Yield what differs for the site, then resource by resource in production's order."""
        home, plan = self.frame.primary, self.frame.plan
        if home is None:
            return
        if plan.recovery_region:
            yield self._allowed("recovery site", f"{plan.strategy} in {plan.recovery_region}", "none", "recovery site")
        hours = self.spot.stated.hours_per_week or WEEK
        if hours < WEEK:
            yield self._allowed("hours a week", plain(WEEK), plain(hours), "schedule")
        if home.zones != self.spot.zones:
            yield self._allowed("zones", str(home.zones), str(self.spot.zones), "zones")
        for resource in home.site.resources:
            copy = self.spot.find(resource.component, part_of(resource))
            if copy is None:
                yield self._left_out(resource)
            else:
                yield from self._changed(resource, copy)
                yield from self._kept_less(home, resource, copy)

    def _kept_less(self, home: Spot, resource: Resource, copy: Resource) -> Iterator[Entry]:
        there = {item.resource: item.retention_days for spot in (home, self.spot) for item in spot.site.details.backups}
        days, here = there.get(resource.id), there.get(copy.id)
        if "backup_retention_days" not in resource.properties and days and here and days != here:
            yield self._allowed(f"{_name(resource)} backups", f"{days} days", f"{here} days", "backups")

    def _left_out(self, resource: Resource) -> Entry:
        words = self.frame.catalog.practices.parts
        once = not self.spot.carries and words.once(resource.service, part_of(resource), resource.component)
        shared = resource.component in words.shared
        back = words.account_wide_brought_back_by if once and not shared else words.brought_back_by
        asked = () if shared or once else words.elements.get(part_of(resource), ())
        forbidding = sorted(self.brought & set(asked))
        self.findings.that(not forbidding, f"{self.place}.dropped", f"{_name(resource)} is left out, which {', '.join(forbidding)} forbids")
        return {
            "what": _name(resource),
            "production": _size(resource),
            "mirror": "none",
            "allowed": words.shared_allowed if shared else words.account_wide_allowed if once else words.allowed,
            "brought_back_by": back.replace("{environment}", self.spot.environment),
        }

    def _changed(self, resource: Resource, copy: Resource) -> Iterator[Entry]:
        one, other = resource.properties, copy.properties
        for kind in sorted(self.frame.catalog.practices.differences, key=lambda item: item.kind):
            names = sorted(name for name in kind.properties if one.get(name) != other.get(name))
            if names and kind.kind != "zones":
                what = f"{_name(resource)} {', '.join(names)}"
                yield self._allowed(
                    what, ", ".join(_word(one.get(n)) for n in names), ", ".join(_word(other.get(n)) for n in names), kind.kind
                )
        if _size(resource) != _size(copy):
            yield self._allowed(_name(resource), _size(resource), _size(copy), self._follows(resource))

    def _follows(self, resource: Resource) -> str:
        for kind in self.frame.catalog.practices.differences:
            if part_of(resource) in kind.parts:
                return kind.kind
        return "zones" if resource.component == "@network" else "size"

    def _allowed(self, what: str, production: str, mirror: str, kind: str) -> Entry:
        known: Difference = self.frame.catalog.practices.difference(kind)
        asked = sorted(self.brought & set(known.elements))
        if asked and known.binds:
            self.findings.add(f"{self.place}.dropped", f"{what} is left out, which {', '.join(asked)} forbids")
        return {
            "what": what,
            "production": production,
            "mirror": mirror,
            "allowed": known.despite if asked and known.despite else known.allowed,
            "brought_back_by": known.brought_back_by.replace("{environment}", self.spot.environment),
        }


def _name(resource: Resource) -> str:
    return f"{resource.component}/{part_of(resource)}"


def _size(resource: Resource) -> str:
    counts = resource.count_by_step
    return f"{counts[0]}{'' if counts[0] == counts[-1] else f' to {counts[-1]}'} x {resource.type}"


def _word(value: object) -> str:
    if isinstance(value, list):
        if not value or isinstance(value[0], str):
            return ", ".join(value) or "none"
        return " to ".join(str(item) for item in dict.fromkeys((value[0], value[-1])))
    return {True: "yes", False: "no", None: "none"}[value] if value is None or isinstance(value, bool) else str(value)
