"""Prices from the AWS Price List, kept in the user's cache in the catalog's own form.

`refresh` asks AWS (the only module that needs a network and credentials is `client`, the only home of boto3), `cache`
keeps what came back by date, and `cache.overlay` lays it over the embedded prices: a price that was fetched replaces
the embedded one, every other price stays. Nothing here is imported by the layers that choose or price.
"""

from __future__ import annotations
