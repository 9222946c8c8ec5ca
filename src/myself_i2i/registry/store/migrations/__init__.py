"""Alembic's folder: one script a change of the schema, never edited once released."""
