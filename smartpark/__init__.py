"""The words everybody shares: quantities, places, readings, limits, units, clock, settings, database."""
