"""A province's case system that lives: 2,000 dossiers, two protocols, a clock, and failures on demand.

Nobody in it is real. It speaks the DVCQG exchange (as OpenCPS speaks it) and VNPT iGate 2.0.
"""
