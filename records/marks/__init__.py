"""Marks on data: what may be said of an hour, until when it has to be proved, and what happens when it is not."""
