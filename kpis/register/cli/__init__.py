"""What ``manage.py source`` does: sources, readings and files from the command line."""
