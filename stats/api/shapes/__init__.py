"""The shapes of answers and bodies, as a reader (and the API description) can look them up."""
