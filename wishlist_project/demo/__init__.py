"""The demo: people, occasions and gifts to look at, made by the same services that everybody uses."""
