"""Looking at what was decided, or would be: simulation and replay; sends nothing."""
