"""What every test runs under."""

import pytest
from hypothesis import settings

# Suites that several runtimes inherit are imported, not collected: without this
# their failed assertions would not show the values.
pytest.register_assert_rewrite("tests.contract")

# A slow machine is no failure: no promise here is about time. On a CI machine
# Hypothesis's own defaults also fix the examples, and these are kept.
settings.register_profile("coordinator", deadline=None)
settings.load_profile("coordinator")
