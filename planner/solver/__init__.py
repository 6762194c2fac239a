"""The only package that knows CP-SAT: the cheapest plan with proof, or a proven conflict."""
