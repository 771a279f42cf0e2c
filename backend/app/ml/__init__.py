"""Mathematics: arrays and frames in, new ones out."""
