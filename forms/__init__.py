"""The form language: forms written in YAML, read, checked, shown and answered. Knows no tickets and no database."""
