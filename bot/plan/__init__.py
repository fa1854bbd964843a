"""The meeting plan on the command line, and the files it comes from."""
