"""The only place that knows every part: config.yaml becomes one `Desk`."""
