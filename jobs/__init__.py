"""Background jobs over django-tasks: a worker that retries, in lanes, a periodic table, and a worker inside the server.

A job is enqueued in the transaction of what it follows from, and runs at least once: whoever dies while running
one leaves it to be reclaimed.
"""
