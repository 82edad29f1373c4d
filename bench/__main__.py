"""make bench: the engine beside its peer, whole dispatches, the analysis of a thousand rules, and a replay of a past."""

from __future__ import annotations

from bench import analyse, dispatch, engine, replay

if __name__ == "__main__":
    engine.main()
    print()
    dispatch.run()
    print()
    analyse.main()
    print()
    replay.run()
