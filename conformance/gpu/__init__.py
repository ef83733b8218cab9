"""What is asked of a GPU beyond agreement: how fast it is, how much memory it takes, and all of it in one session.

A machine with a GPU is lent for minutes. So all that is to be known of one is a list of *parts*, the most telling
first, each within its own time, each leaving what it found as soon as it is found: `python -m conformance gpu`.
"""
