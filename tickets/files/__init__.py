"""Files that come from outside: work orders and the directory of a district."""
