"""The contract test: checks everything in docs/contract.md over real HTTP and sockets. It does not use the models."""
