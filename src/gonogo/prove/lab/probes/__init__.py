"""Programs that a code-running tool is asked to run, and what is seen of them from outside."""
