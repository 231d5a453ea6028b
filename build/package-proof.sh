#!/bin/bash
# Proves that the packages of src can be made and used: packs them into a folder feed, and runs build/consumer, copied outside of the
# repository, on nothing else. On the stand-ins it first packs these under the real ids and versions into that feed, and proves on it
# that package mode builds and runs the smoke tests of test/Acceptance. Writes their results to folder $1.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source "$root/build/results.sh"

setup
results=$1
proof=$root/artifacts/package-proof
rm -rf "$proof"
mkdir -p "$proof/feed"

if [ "$MLNet" = package ]; then
    # What was restored for this build need not be fetched again.
    fallback=${NUGET_PACKAGES:-$HOME/.nuget/packages}
else
    [ "$Torch" = compat ] || fail "Package proof: the stand-in of TorchSharp is needed as well; run with Torch=compat."
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
    export NUGET_PACKAGES=$proof/packages
    export RestoreAdditionalProjectSources=$proof/feed
    build "$acceptance"
    run_tests "$acceptance" "$results" --filter TestCategory=Smoke
fi

dotnet pack "$root/build/Packages.proj" -v q --nologo -o "$proof/feed"

consumer=$(mktemp -d)
trap 'rm -rf "$consumer"' EXIT
cp "$root"/build/consumer/* "$consumer"
{
    echo "<Project><ItemGroup>"
    for package in "$proof"/feed/Extensions.ML.*.nupkg; do
        sed -E 's|(.*)\.([0-9]+\.[0-9]+\.[0-9]+.*)\.nupkg|<PackageReference Include="\1" Version="\2" />|' <<< "${package##*/}"
    done
    echo "<PackageReference Include=\"TorchSharp-$TorchRuntime\" Version=\"$(version_of "TorchSharp-$TorchRuntime")\" />"
    echo "</ItemGroup></Project>"
} > "$consumer/Packages.props"
cd "$consumer"
# Neither the choices of this build nor its output folder reach the consumer. Its packages folder is its own: the version made here
# must not stay in the user's.
env -u MLNet -u Torch -u ImageAnalytics -u ArtifactsPath NUGET_PACKAGES="$proof/packages" RestoreFallbackFolders="${fallback:-}" \
    RestoreAdditionalProjectSources="$proof/feed${RestoreAdditionalProjectSources:+;$RestoreAdditionalProjectSources}" dotnet run -c Release
