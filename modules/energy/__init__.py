"""Energy: meters by carrier, present rates, amounts of the day, the largest consumers."""
