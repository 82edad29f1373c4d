"""The business of a hotline: domain (plain Python), store (peewee), actions (one verb, one transaction)."""
