"""`python -m coordinator.cli` is `coordinator`."""

import sys

from coordinator.cli.app import main

sys.exit(main())
