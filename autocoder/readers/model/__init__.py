"""The model reader: what a language model makes of prose, checked word by word against that prose."""
