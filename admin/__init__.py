"""The back office: directory, rule workbench, form designer, publishing and the evaluation log, as pages of Flask-Admin."""
