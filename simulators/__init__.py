"""A park that misbehaves on demand, repeatably, and keeps the truth."""
