"""The rule language: YAML in, decisions out. Knows no tickets, no database, no web."""
