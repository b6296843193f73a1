"""Dossiers (hồ sơ): what a citizen handed in and is waiting for."""
