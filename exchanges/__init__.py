"""Exchanges of gifts (Secret Santa): who takes part, who may not give to whom, and the secret draw (docs/exchanges.md)."""
