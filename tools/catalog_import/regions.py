"""The Regions of the catalog: names, jurisdictions and CloudFront geographies.

Names and countries are AWS's own (https://docs.aws.amazon.com/general/latest/gr/rande.html). Zones: AWS says that
every Region has at least three; us-west-1 gives two to new accounts, so two are counted there.
"""

from __future__ import annotations

from typing import Any

ZONES_SOURCE = "https://aws.amazon.com/about-aws/global-infrastructure/regions_az/"
ZONES_NOTE = "AWS states at least three Availability Zones per Region; us-west-1 offers two to new accounts; page not re-read"

NORTH_AMERICA = "US, Mexico, Canada"
EUROPE = "Europe, Israel"
MIDDLE_EAST_AFRICA = "South Africa, Kenya, Middle East"
ASIA = "Asia Pacific"
"""CloudFront's price geographies, as `prices/global/AmazonCloudFront.csv` spells them; Asia Pacific has no egress
price there, so a lookup fails by name."""

REGIONS: dict[str, tuple[str, str, str, str, str, str]] = {
    "af-south-1": ("Africa (Cape Town)", "af", "ZA", "af za", MIDDLE_EAST_AFRICA, "ZA"),
    "ap-east-1": ("Asia Pacific (Hong Kong)", "ap", "HK", "ap hk", ASIA, "AP"),
    "ap-northeast-1": ("Asia Pacific (Tokyo)", "ap", "JP", "ap jp", "Japan", "JP"),
    "ap-northeast-2": ("Asia Pacific (Seoul)", "ap", "KR", "ap kr", ASIA, "AP"),
    "ap-northeast-3": ("Asia Pacific (Osaka)", "ap", "JP", "ap jp", "Japan", "JP"),
    "ap-south-1": ("Asia Pacific (Mumbai)", "ap", "IN", "ap in", "India", "IN"),
    "ap-south-2": ("Asia Pacific (Hyderabad)", "ap", "IN", "ap in", "India", "IN"),
    "ap-southeast-1": ("Asia Pacific (Singapore)", "ap", "SG", "ap sg", ASIA, "AP"),
    "ap-southeast-2": ("Asia Pacific (Sydney)", "ap", "AU", "ap au", "Australia, New Zealand", "AU"),
    "ap-southeast-3": ("Asia Pacific (Jakarta)", "ap", "ID", "ap id", ASIA, "AP"),
    "ap-southeast-4": ("Asia Pacific (Melbourne)", "ap", "AU", "ap au", "Australia, New Zealand", "AU"),
    "ap-southeast-5": ("Asia Pacific (Malaysia)", "ap", "MY", "ap my", ASIA, "AP"),
    "ap-southeast-7": ("Asia Pacific (Thailand)", "ap", "TH", "ap th", ASIA, "AP"),
    "ca-central-1": ("Canada (Central)", "ca", "CA", "ca", NORTH_AMERICA, "CA"),
    "ca-west-1": ("Canada West (Calgary)", "ca", "CA", "ca", NORTH_AMERICA, "CA"),
    "eu-central-1": ("Europe (Frankfurt)", "eu", "DE", "eu de", EUROPE, "EU"),
    "eu-central-2": ("Europe (Zurich)", "eu", "CH", "ch", EUROPE, "EU"),
    "eu-north-1": ("Europe (Stockholm)", "eu", "SE", "eu se", EUROPE, "EU"),
    "eu-south-1": ("Europe (Milan)", "eu", "IT", "eu it", EUROPE, "EU"),
    "eu-south-2": ("Europe (Spain)", "eu", "ES", "eu es", EUROPE, "EU"),
    "eu-west-1": ("Europe (Ireland)", "eu", "IE", "eu ie", EUROPE, "EU"),
    "eu-west-2": ("Europe (London)", "uk", "GB", "uk", EUROPE, "EU"),
    "eu-west-3": ("Europe (Paris)", "eu", "FR", "eu fr", EUROPE, "EU"),
    "il-central-1": ("Israel (Tel Aviv)", "il", "IL", "il", EUROPE, "EU"),
    "me-central-1": ("Middle East (UAE)", "me", "AE", "me ae", MIDDLE_EAST_AFRICA, "ME"),
    "me-south-1": ("Middle East (Bahrain)", "me", "BH", "me bh", MIDDLE_EAST_AFRICA, "ME"),
    "mx-central-1": ("Mexico (Central)", "mx", "MX", "mx", NORTH_AMERICA, "US"),
    "sa-east-1": ("South America (Sao Paulo)", "sa", "BR", "sa br", "South America", "SA"),
    "us-east-1": ("US East (N. Virginia)", "us", "US", "us", NORTH_AMERICA, "US"),
    "us-east-2": ("US East (Ohio)", "us", "US", "us", NORTH_AMERICA, "US"),
    "us-gov-east-1": ("AWS GovCloud (US-East)", "us-gov", "US", "us us-gov", NORTH_AMERICA, "US"),
    "us-gov-west-1": ("AWS GovCloud (US-West)", "us-gov", "US", "us us-gov", NORTH_AMERICA, "US"),
    "us-west-1": ("US West (N. California)", "us", "US", "us", NORTH_AMERICA, "US"),
    "us-west-2": ("US West (Oregon)", "us", "US", "us", NORTH_AMERICA, "US"),
}  # fmt: skip
"""By id: name, geography, country, residency, edge geography, edge request prefix."""


def region_facts(priced: list[str], as_of: str) -> dict[str, Any]:
    """Return the content of `regions.yaml` for the Regions that have a price.

    Raises:
        KeyError: a priced Region is not described here.
    """
    return {
        "source": "https://docs.aws.amazon.com/general/latest/gr/rande.html; written by hand on that date, page not re-read",
        "as_of": as_of,
        "zones": {"source": ZONES_SOURCE, "as_of": as_of, "confidence": "medium", "note": ZONES_NOTE},
        "regions": {region: _facts(region) for region in priced},
    }


def _facts(region: str) -> dict[str, Any]:
    name, geography, country, residency, edge, prefix = REGIONS[region]
    return {
        "name": name,
        "geography": geography,
        "country": country,
        "residency": residency.split(),
        "partition": "aws-us-gov" if region.startswith("us-gov-") else "aws",
        "zones": 2 if region == "us-west-1" else 3,
        "edge_geography": edge,
        "edge_request_prefix": prefix,
    }
