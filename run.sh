#!/bin/bash
# The main job: builds samples/QuickStart and runs it. Arguments go to the sample; ./run.sh --help lists them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/build/setup.sh"

setup
build "$root/samples/QuickStart/QuickStart.csproj"
exec "$ArtifactsPath/bin/QuickStart/release/QuickStart" "$@"
