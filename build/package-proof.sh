#!/bin/bash
# Proves that package mode builds and runs: packs the stand-ins under the real package ids and versions into a folder feed of its
# own, then builds src and the smoke tests of test/Acceptance from that feed and runs them. Writes its results to folder $1.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source "$root/build/results.sh"

setup
if [ "$MLNet" = package ]; then echo "Package proof: nothing to do, this build already runs on packages."; exit 0; fi
[ "$Torch" = compat ] || fail "Package proof: the stand-in of TorchSharp is needed as well; run with Torch=compat."

results=$1
proof=$root/artifacts/package-proof
rm -rf "$proof"
mkdir -p "$proof/feed"
acceptance=$root/test/Acceptance/Extensions.ML.Acceptance.Tests.csproj
build "$acceptance"
build "$root/compat/Microsoft.ML.ImageAnalytics/Microsoft.ML.ImageAnalytics.csproj"
for nuspec in "$root"/build/stand-ins/*.nuspec; do
    dotnet pack "$root/build/stand-ins/Pack.csproj" -v q --nologo -o "$proof/feed" -p:ArtifactsPath="$proof/pack" \
        -p:NuspecFile="$nuspec" -p:NuspecBasePath="$ArtifactsPath/bin" \
        -p:NuspecProperties="\"mlnet=$(version_of Microsoft.ML);torch=$(version_of TorchSharp)\""
done

export MLNet=package ImageAnalytics=package Torch=package TorchRuntime=cpu ArtifactsPath=$proof
# Its own packages folder: the stand-ins must never be taken for the real packages.
export NUGET_PACKAGES=$proof/packages RestoreAdditionalProjectSources=$proof/feed
build "$acceptance"
run_tests "$acceptance" "$results" --filter TestCategory=Smoke
