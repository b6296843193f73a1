"""The action server: each action is a few lines over core."""
