"""gonogo: the production checklist for AI systems, executed.

The public Python API is `gonogo.assess`; the command line is `gonogo.cli`. This module stays empty of imports so that
`gonogo --version` costs no more than starting Python.
"""

__version__ = "0.1.0"
