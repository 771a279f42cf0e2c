"""Headers that stand on every answer."""

API_PATHS = ("/api/", "/fhir/")
"""What is an answer of the API, which nobody may keep, and never a file of the page."""
STANDING_HEADERS = {
    # An answer of the API is never a page: nothing in it runs, whatever it says.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
