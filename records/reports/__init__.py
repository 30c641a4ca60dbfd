"""Reports of a day, a month and a year: one sheet of facts, from which Excel, Word and PDF files are written."""
