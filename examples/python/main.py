"""What to do: the command line and the exit codes, which are the same in every language.

python main.py score CLASS[,CLASS...] CELSIUS...
python main.py report DEVICE FIRST CELSIUS...
python main.py ingest DEVICE FIRST CELSIUS...
"""

import sys

import grpc
from ingest import UnfinishedError, report, stream
from score import score
from settings import UsageError
from status import explain

FAILED, REFUSED, USAGE = 1, 2, 64

COMMANDS = {"score": score, "report": report, "ingest": stream}


def main() -> int:
    """Run the command and return the exit code."""
    command, *words = sys.argv[1:] or [""]
    try:
        if command not in COMMANDS:
            raise UsageError(f"the command is one of {', '.join(COMMANDS)}")
        return 0 if COMMANDS[command](words) else REFUSED
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except UnfinishedError as error:
        print(error, file=sys.stderr)
        return FAILED
    except grpc.RpcError as error:
        print(*explain(error), sep="\n", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
