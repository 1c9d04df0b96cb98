"""Exit 0 if the server on this machine is ready: it asks its index a known question. For health checks."""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_SECONDS = 8
READY = 200


def main() -> int:
    """Ask /health/ready of the port that the server's own setting names."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("GRUNDLAG_PORT") or 7860), TIMEOUT_SECONDS)
    # With GRUNDLAG_HOSTNAMES set, the server answers to those names alone.
    name = (os.environ.get("GRUNDLAG_HOSTNAMES") or "localhost").partition(",")[0].strip()
    try:
        connection.request("GET", "/health/ready", headers={"Host": name})
        return 0 if connection.getresponse().status == READY else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
