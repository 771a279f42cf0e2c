"""Detection of very many people: planned in chunks, over two hosts, one of which is lost."""
