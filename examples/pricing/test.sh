#!/bin/sh
# Runs the unit tests, and leaves what they cover in lcov.info.
set -e
coverage run --source pricing -m unittest discover -q -s tests -t .
coverage lcov -q -o lcov.info
