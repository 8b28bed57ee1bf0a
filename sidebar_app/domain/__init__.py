"""What billing support is about, in plain values: no input or output, no framework, no vendor."""
