"""The embedded PostgreSQL: started by the first command that needs it, stopped by the last one.

Every command that uses the server holds a shared lock on the lease file for its life. A command
that ends and finds itself alone there stops the server, so a single `manage.py` call, a test run
and the demo can come and go in any order and none pulls the server from under another.
"""

from __future__ import annotations

import atexit
import fcntl
import os

from config.launch import cluster
from config.launch.errors import LaunchError
from config.launch.locks import exclusive, open_lock
from config.launch.pgplace import DEFAULT, Place

DATABASE = "modus"
_leases: dict[Place, int] = {}


def embedded_url(place: Place = DEFAULT) -> str:
    """The DATABASE_URL of the embedded server. Computed only: nothing is started or touched."""
    return place.url


def ensure_running(place: Place = DEFAULT) -> str:
    """Starts the server and makes the database when needed; returns the DATABASE_URL.

    The calling process holds the server until it exits or calls :func:`release`.

    :raises LaunchError: one line saying why it cannot run here.
    """
    if place not in _leases:
        handle = open_lock(place.data / "run" / "postgres.lease")
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits for a stop in progress
        _leases[place] = handle
        atexit.register(_release_if_parent, place, os.getpid())
    with exclusive(place.data / "run" / "postgres.start"):
        cluster.start(place)
        if not cluster.answers(place, DATABASE):
            _create_database(place)
    return place.url


def release(place: Place = DEFAULT) -> None:
    """Gives the server back; the last holder stops it."""
    handle = _leases.pop(place, None)
    if handle is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody else still uses it
    else:
        cluster.stop(place)
    finally:
        os.close(handle)


def _release_if_parent(place: Place, pid: int) -> None:
    # A forked child runs the same exit handlers; the server is not its own to stop.
    if os.getpid() == pid:
        release(place)


def _create_database(place: Place) -> None:
    import psycopg2

    connection = psycopg2.connect(host=str(place.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
    except psycopg2.Error as error:
        raise LaunchError(f"The database could not be created: {error}") from error
    finally:
        connection.close()
