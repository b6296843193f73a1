"""What is counted each day. Other subjects add theirs to :data:`core.figures.measures.every.MEASURES`."""
