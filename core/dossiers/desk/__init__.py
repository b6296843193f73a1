"""The conversation about dossiers: codes, proofs, the list "Hồ sơ của tôi", follow-ups, photos."""
