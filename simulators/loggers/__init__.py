"""Simulated HJ 212 data loggers: they measure what the park's plot says, keep it, tell it, and answer what they are asked."""
