"""Measurements: bounded load on this machine only, with every protection switched on."""
