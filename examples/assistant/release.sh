#!/bin/sh
# Puts a release into service: its name, or with --previous the one before. Each request reads which one is current.
set -eu
cd "$(dirname "$0")/releases"
case "${1:-}" in
  --previous) name=$(cat previous) ;;
  *) name=$1 ;;
esac
test -f "$name"
cat current > previous
echo "$name" > next
mv next current
