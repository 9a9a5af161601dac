"""The demo: people, lists and gifts to explore, created by the normal services."""
