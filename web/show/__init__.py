"""How stored things are put before people: times, highlighted words, conditions in words, lanes. Pure functions, no database."""
