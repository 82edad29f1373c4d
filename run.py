"""The entry: hands over to cli/. Nothing else."""

import sys

if __name__ == "__main__":
    try:
        from cli.main import main
    except ModuleNotFoundError as missing:
        sys.exit(f"缺少 {missing.name}：请先运行 make install，再用 .venv/bin/python run.py (run make install, then .venv/bin/python run.py)")
    sys.exit(main(sys.argv[1:]))
