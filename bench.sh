#!/bin/bash
# Measures this library beside its peers: ./bench.sh NAME [--data FOLDER] [--seeds 0,1,2] [--threads N] [--only TEXT] [--json FILE] [--quick]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/build/setup.sh"

setup python3-torch python3-sklearn
build "$root/benchmarks/Extensions.ML.Benchmarks.csproj"
exec "$ArtifactsPath/bin/Extensions.ML.Benchmarks/release/Extensions.ML.Benchmarks" "$@"
