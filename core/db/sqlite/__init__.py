"""Django's backend for SQLite, which asks the database nothing when it connects."""
