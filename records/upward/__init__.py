"""What goes to the platforms above us: ``due`` notes what they should get, one courier for each brings it there.

Nothing here touches ingest: all of it reads what is stored, on connections of its own.
"""
