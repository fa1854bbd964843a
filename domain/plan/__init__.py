"""The meeting plan: reading one from what secretariats have, what collides in it, and what a new version changes."""
