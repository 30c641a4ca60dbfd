"""Traffic and logistics: gate passages and hazmat vehicles, from events."""
