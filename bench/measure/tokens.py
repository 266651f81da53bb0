"""Makes the bearer tokens of the service (Sources/CashPilotHTTP/Authentication)."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "known to everybody, for measurements only"
LIFETIME_SECONDS = 12 * 3600


def token(user):
    now = int(time.time())
    claims = {"iss": "cashpilot", "aud": "cashpilot-api", "sub": user, "iat": now, "nbf": now,
              "exp": now + LIFETIME_SECONDS, "locale": "es-PY"}
    signed = f"{encode(json.dumps(HEADER).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(hmac.digest(SECRET.encode(), signed.encode(), 'sha256'))}"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


KEY_ID = encode(hashlib.sha256(b"cashpilot token key name" + SECRET.encode()).digest()[:16])
HEADER = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
