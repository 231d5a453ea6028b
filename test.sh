#!/bin/bash
# Builds everything and runs every test. ./test.sh NAME runs the tests whose full name contains NAME;
# arguments that start with a dash go to 'dotnet test'.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/build/setup.sh"
source "$root/build/results.sh"

setup python3-torch
results=$ArtifactsPath/test-results
rm -rf "$results"
build "$root/Extensions.sln"

arguments=()
if [ $# -gt 0 ] && [[ $1 != -* ]]; then
    arguments=(--filter "FullyQualifiedName~$1")
    shift
fi
status=0
run_tests "$root/Extensions.sln" "$results" "${arguments[@]}" "$@" || status=$?
finish $status "$results"
