"""PostgreSQL and a broker out of Python packages, for one machine with nothing prepared.

`python -m altazion.embedded run` is what `./run` calls. Production names real services instead and uses none of this.
"""
