"""A worker that is killed: runs a run (first argument) and hangs when it reaches a stage (second argument)."""

import dataclasses
import sys
import time

import django

if __name__ == "__main__":
    django.setup()
    from integrations.enums import Entity
    from integrations.formats import ENTITIES
    from integrations.services import lease, run_flow
    from tests.builders import AT

    spec = dataclasses.replace(ENTITIES[Entity.CATEGORIES], loader="tests.integrations.tiny_loader.merge")
    ENTITIES[Entity.CATEGORIES.value] = spec

    def tell(self, stage, rows):
        if stage == sys.argv[2] and rows:
            print("here", flush=True)
            time.sleep(300)

    lease.Heartbeat.tell = tell
    run_flow(int(sys.argv[1]), at=AT)
