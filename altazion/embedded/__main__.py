"""`python -m altazion.embedded run|up|down|env`: the whole platform, or only its services."""

import argparse
import sys

from altazion.embedded import services
from altazion.embedded.errors import StartupError
from altazion.embedded.supervisor import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m altazion.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="serve everything until Ctrl-C")
    runner.add_argument(
        "--catalogue", default="", help="also load a real catalogue: icecat, bdpm, fashion, food, spree, grocery"
    )
    runner.add_argument("--fresh", action="store_true", help="forget all data first")
    commands.add_parser("up", help="start the embedded database and broker and leave them running")
    commands.add_parser("down", help="stop them")
    options = parser.parse_args()
    try:
        if options.command == "up":
            services.start()
        elif options.command == "down":
            services.stop()
        else:
            return run(catalogue=options.catalogue, fresh=options.fresh)
    except StartupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
