"""`python -m payrules.cli`."""

from payrules.cli import main

main()
