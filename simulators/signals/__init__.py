"""What each sensor would show on an ordinary day: pure functions of (seed, sensor, time)."""
