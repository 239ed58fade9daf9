"""Start a project: models that are there, its files, a first recording on the simulator."""
