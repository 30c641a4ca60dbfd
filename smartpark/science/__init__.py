"""Formulas of the standards as plain functions on numbers and arrays: no database, no clock, no settings."""
