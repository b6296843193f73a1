"""Conversations handed to people: opened by citizens, taken up, answered and closed by staff."""
