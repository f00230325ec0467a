"""A simulated world for demonstrations and benchmarks, written as the collector would have written it.

`catalogue` holds the parks, `roster` makes parks and rides of it, `opening` their hours, `simulator` what a
collection sees (a pure function of seed, ride and moment), `history` daily rows of the days before, `load`
writes it all. Nothing here is imported by the application itself.
"""
