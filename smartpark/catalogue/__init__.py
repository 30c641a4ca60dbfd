"""The catalogue: a folder of YAML and CSV that an engineer writes, checked, stored and exported again."""
