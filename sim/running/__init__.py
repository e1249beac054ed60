"""Jobs: an experiment is run as far as it comes, its results and report are written, and compared with those kept."""
