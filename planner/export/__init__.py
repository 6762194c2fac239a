"""A plan as infrastructure code: what was planned and priced, for every environment and region.

`targets`, `naming`, `layers` and `parameters` are shared by all forms, so that one decision has one name everywhere.
"""
