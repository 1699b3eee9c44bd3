"""The first program in the box. It runs by the host's python and the standard library alone, apart from gonogo."""
