"""UIS and CoMagic: calls with the advertising they came from."""
