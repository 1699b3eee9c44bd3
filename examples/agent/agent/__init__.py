"""Does tasks with tools, within bounds."""
