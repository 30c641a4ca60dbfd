"""Which data came, which of them are valid, for whom an hour counts, and what in them somebody should look at."""
