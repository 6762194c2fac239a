"""What the importers share: reading the collected tables, checking them, writing our own form."""
