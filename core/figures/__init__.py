"""What the assistant did and what came of it, in numbers: the log of turns, daily figures, the report over them."""
