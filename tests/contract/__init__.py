"""The contract test: what docs/contract.md promises, held over real HTTP and sockets. Knows nothing of the models."""
