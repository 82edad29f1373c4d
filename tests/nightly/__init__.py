"""Long trials with real processes, run by night and by hand: python -m tests.nightly.kills, python -m tests.nightly.two_hosts."""
