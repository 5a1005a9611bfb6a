"""Names of the pulses that `/health/` looks at."""

BEAT_PULSE = "beat"  # beat asked for it and a worker did it: one pulse proves both
