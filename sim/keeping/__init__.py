"""What is kept of a run: the folder of its results, their tables and files, and what stands beside them to compare."""
