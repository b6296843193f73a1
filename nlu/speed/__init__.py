"""What Rasa spends time on without need, mended at its cause; see docs/decisions/0014-speed.md.

Each module names the function of Rasa 3.6.21 it replaces and why; no result changes. Applied when Rasa's server
imports our channel; training, validation and tests run Rasa as it comes.
"""
