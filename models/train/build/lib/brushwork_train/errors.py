"""The one kind of error that a person at the command line is meant to read."""


class TrainingError(Exception):
    """Something given by the user is missing or wrong; the message is a plain sentence."""
