"""From the files of an experiment or scenario to one that is ready to run, and what may not be meant in them."""
