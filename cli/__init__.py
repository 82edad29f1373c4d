"""One small module per command; each adds itself to the parser and runs."""
