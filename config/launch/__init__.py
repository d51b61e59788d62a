"""The two commands: set-up, demo, tests and checks on a bare machine.

Plain Python without Django. Everything that `make setup` needs runs on the standard library alone,
because it runs before the requirements are installed.
"""
