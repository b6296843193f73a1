"""Takes what lives as long as the server out of the garbage collector's sight.

Rasa's modules, the domain and the model's vocabulary are half a million objects that never become garbage. Python walks
through all of them again and again while it looks for what did; the message under way waits.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once everything is loaded."""
    gc.collect()
    gc.freeze()
