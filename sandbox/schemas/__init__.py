"""Closed pydantic models of every request and answer: an unknown key is a fault."""
