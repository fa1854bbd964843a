"""One contract for all channels: what a person writes, fills in, presses and is shown is the same on each."""
