from flask import Blueprint
PAGES = Blueprint("messages", __name__)
