"""`python -m myself_i2i`: the same as `myself-i2i`, for those whose PATH does not have it."""

from myself_i2i.cli import main

main()
