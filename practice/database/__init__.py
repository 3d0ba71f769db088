"""Django's PostgreSQL, which is told with each statement for which practice it is (ENGINE)."""
