"""Those who work with the console: who they are, what they may do, and what they did."""
