"""Services of accounts. Each module is named after what it changes."""
