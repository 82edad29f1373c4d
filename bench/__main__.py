"""make bench: the engine beside its peer, then whole dispatches."""

from __future__ import annotations

from bench import dispatch, engine

if __name__ == "__main__":
    engine.main()
    print()
    dispatch.run()
