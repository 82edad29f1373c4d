from flask import Blueprint
PAGES = Blueprint("library", __name__)
