"""Requirements x catalog: the options of every decision, and why others were refused."""
