"""The plan as Terraform (or OpenTofu) modules: one a layer, called once a site from the root of an environment."""
