from flask import Blueprint
PAGES = Blueprint("rules", __name__)
