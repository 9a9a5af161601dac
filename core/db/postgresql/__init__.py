"""Django's PostgreSQL with bounds: an absent database is refused at once, and used again a second after its return."""
