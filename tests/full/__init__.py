"""What takes too long for every run: `make test-full`. A small share of it runs with the others."""
