"""The panel as plain words: one small module for each thing that it shows."""
