from flask import Blueprint
PAGES = Blueprint("lists", __name__)
