"""Slots: which words of a message name what, found in two passes.

The first pass cuts out the spans and tells their kind (a city, a time of day); the second tells the
label of each span (the city one leaves or goes to) from the words between the spans and the order of the
spans. Labels whose fillers are alike are one kind, found while training. Two small problems instead of
one: a conditional random field costs the square of its number of tags, and in a sequence of spans
neighbours are near that many words lie between.
"""
