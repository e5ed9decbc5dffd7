"""One file for each tool whose records are read, and the table of them."""
