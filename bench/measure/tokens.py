"""Makes the bearers of the logins that bench/fill.sql inserts, one for each user."""

import base64
import hashlib


def token(user):
    digest = hashlib.sha256(f"bench/{user}".encode()).digest()
    return "cps_" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
