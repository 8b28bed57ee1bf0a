"""HTTP: handlers translate, they do not think."""
