from flask import Blueprint
PAGES = Blueprint("ticket", __name__)
