"""What people change about data: a correction beside the readings, a month that is finalised, the chain that binds both.

``links`` is the arithmetic of the chain and pure; ``chain`` keeps it in the database.
"""
