"""Run the passport-service simulator from a checkout: ``python run_sim.py --help``."""

import sys

if __name__ == "__main__":
    try:
        from sim.cli import main

        main()
    except KeyboardInterrupt:
        # Ctrl-C while modules are read or after the last word: nobody else is there to catch it.
        sys.stderr.write("interrupted\n")
        sys.exit(130)
