"""Editing the catalogue in the database, over the shipped files: versions, drafts, publishing, differences."""
