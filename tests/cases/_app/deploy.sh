#!/bin/sh
echo "deploys the image, or the previous one with --rollback"
