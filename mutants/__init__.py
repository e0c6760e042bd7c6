"""Small faults put into the code one at a time: a test has to notice each of them."""
