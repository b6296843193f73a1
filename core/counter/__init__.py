"""What waits at the counters, and what staff do about it there."""
