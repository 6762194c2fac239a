"""CloudFormation: one template a layer, a parameter file for every environment and Region."""
