"""`python -m relaysim`."""

from relaysim.cli import main

if __name__ == "__main__":
    main()
