"""From what the stakeholders ask for to a proven, priced AWS architecture plan."""

__version__ = "0.1.0"
