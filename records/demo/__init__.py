"""The deeds of people on the demo's records: marks, corrections, checks of drift, sand, declarations, a finalised month."""
