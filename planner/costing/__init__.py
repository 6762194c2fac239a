"""Options and usage become lines of the bill; one module per family of services."""
