"""The province's case systems: one contract, one driver a protocol."""
