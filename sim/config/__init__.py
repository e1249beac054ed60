"""Configuration: YAML files to frozen models, with everything that is wrong said at once."""
