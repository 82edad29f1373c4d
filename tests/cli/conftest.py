"""What the commands' tests may ask for."""

from tests.cli.installation import call, home, seeded

__all__ = ["call", "home", "seeded"]
