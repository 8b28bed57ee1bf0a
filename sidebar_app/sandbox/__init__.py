"""Other people's servers, small and stateful, for trying and testing without accounts.

Nothing here imports the product, and the product imports nothing from here except the
commands that start these servers. They listen on loopback only.
"""
