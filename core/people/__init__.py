"""People: which addresses are one person's, because they said so with a code."""
