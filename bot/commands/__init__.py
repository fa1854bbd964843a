"""What can be written after `samhandling`: one module for each kind, heavy imports only where they are needed."""
