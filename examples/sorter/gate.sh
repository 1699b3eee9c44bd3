#!/bin/sh
# Asks the gate: CI runs it, and nothing is promoted where it ends with an error.
set -e
gonogo gate --env local --out decision.json
