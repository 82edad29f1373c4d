"""The demonstration district 示范区: made by generate.py, nobody in it is real."""
