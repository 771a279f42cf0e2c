"""Pages that come with the program: nothing is fetched from elsewhere."""
