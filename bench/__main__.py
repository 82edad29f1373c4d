"""make bench: the engine beside its peer, whole dispatches, the analysis of a thousand rules, a replay of a past, and the agent's suggestions."""

from __future__ import annotations

from bench import analyse, dispatch, engine, replay, suggest

if __name__ == "__main__":
    engine.main()
    print()
    dispatch.run()
    print()
    analyse.main()
    print()
    replay.run()
    print()
    suggest.run()
