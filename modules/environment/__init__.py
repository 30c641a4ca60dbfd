"""Environment: newest values of air, VOC, stacks and water against their limits."""
