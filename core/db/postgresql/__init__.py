"""Django's PostgreSQL backend with bounds: requests fail at once while the database is down, and work within a second of
its return.
"""
