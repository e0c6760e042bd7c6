"""Breaking the portal on purpose, and counting what it loses. `python -m chaos`.

docs/reliability.md says what is promised and how each part here tries it.
"""
