"""Both forms of a bundle say the same, also where the plan says nothing: what each site has is read from each form and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from samples_planned import SAMPLES, planned

from planner.reconcile.modules import read_modules
from planner.reconcile.nouns import FoundSite
from planner.reconcile.records import Kind, found, kinds
from planner.reconcile.stacks import read_stacks

KINDS = kinds(yaml.safe_load(Path(__file__).with_name("parity.yaml").read_text(encoding="utf-8")))
Place = tuple[str, str]


def sites(read: Callable[[Path], list[FoundSite]], sample: str, folder: Path) -> Mapping[Place, FoundSite]:
    """Return the plan's sites; what a form has elsewhere, as certificates of CloudFront, belongs to the environment's first."""
    regions = {environment.name: [site.region for site in environment.regions] for environment in planned(sample).environments}
    made = {(name, region): FoundSite("terraform", name, region) for name, listed in regions.items() for region in listed}
    for site in read(folder):
        own = site.region if site.region in regions[site.environment] else regions[site.environment][0]
        made[site.environment, own].form = site.form
        made[site.environment, own].blocks += site.blocks
    return made


def said(kind: Kind, site: FoundSite) -> Counter[tuple[tuple[str, object], ...]]:
    return Counter(tuple(record.fields.items()) for record in found(kind, site) if not kind.needed(record))


def unlike(stacks: Mapping[Place, FoundSite], modules: Mapping[Place, FoundSite]) -> Iterator[str]:
    for place, stack in stacks.items():
        for kind in KINDS:
            one, other = said(kind, stack), said(kind, modules[place])
            yield from (f"{'/'.join(place)} {kind.name}: only CloudFormation has {dict(record)}" for record in one - other)
            yield from (f"{'/'.join(place)} {kind.name}: only Terraform has {dict(record)}" for record in other - one)


@pytest.mark.parametrize("sample", SAMPLES)
def test_both_forms_of_a_bundle_say_the_same(sample: str, folder: Callable[..., Path]) -> None:
    stacks, modules = sites(read_stacks, sample, folder(sample)), sites(read_modules, sample, folder(sample))
    assert list(unlike(stacks, modules)) == []


def test_a_difference_of_the_forms_is_told(folder: Callable[..., Path]) -> None:
    stacks, modules = sites(read_stacks, "mvp", folder("mvp")), sites(read_modules, "mvp", folder("mvp"))
    block = next(block for block in modules["production", "us-east-1"].blocks if block.kind == "aws_ssm_parameter")
    before, block.values["type"] = block.values["type"], "StringList"
    assert any("only Terraform has" in text and "StringList" in text for text in unlike(stacks, modules))
    block.values["type"] = before


def test_every_kind_is_read_from_some_bundle(folder: Callable[..., Path]) -> None:
    """A row that finds nothing anywhere compares nothing."""
    every = [site for name in SAMPLES for site in read_stacks(folder(name))]
    assert [kind.name for kind in KINDS if not any(said(kind, site) for site in every)] == []
