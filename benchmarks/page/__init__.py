"""What the page's charts cost a browser."""
