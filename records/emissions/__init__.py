"""Emitted mass: what was measured, what stands for missing hours, what is permitted, and the rates of the park's water."""
