"""The entry: hands over to cli/. Nothing else."""

import sys
from importlib.util import find_spec

if __name__ == "__main__":
    if find_spec("peewee") is None:
        sys.exit("缺少依赖：请先运行 make install，再用 .venv/bin/python run.py (run make install, then .venv/bin/python run.py)")
    from cli.main import main

    sys.exit(main(sys.argv[1:]))
