"""make bench: the engine beside its peer, whole dispatches, the analysis of a thousand rules, a replay of a past, the agent's suggestions, and the
inbox and ticket pages with 100,000 tickets; suggestions and pages each beside a page that does nothing; seasons foretold.
"""

from __future__ import annotations

from bench import analyse, dispatch, engine, pages, replay, season, similar, suggest

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
    print()
    pages.run()
    print()
    similar.run()
    print()
    season.run()
