#!/bin/bash
# Writes the public members that src has gained and lost into the PublicAPI.Unshipped.txt of their projects. Read the difference
# before it is committed. A lost member that a release had stands in PublicAPI.Shipped.txt; that one is taken back by hand, by a line
# *REMOVED* in PublicAPI.Unshipped.txt.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
export LC_ALL=C

setup
for folder in "$root"/src/*/; do
    project=$(echo "$folder"*.csproj) list=${folder}PublicAPI.Unshipped.txt
    for file in "$list" "${folder}PublicAPI.Shipped.txt"; do [ -f "$file" ] || echo '#nullable enable' > "$file"; done
    touch "$list" # compiled again, so that the compiler speaks again
    log=$(build "$project" -p:TreatWarningsAsErrors=false | grep -F "[$project]" || true)
    gained=$(sed -n "s/.* RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" <<< "$log")
    lost=$(sed -n "s/.* RS0017: Symbol '\(.*\)' is part of the declared API.*/\1/p" <<< "$log")
    { echo '#nullable enable'; { tail -n +2 "$list"; echo "$gained"; } | grep . | sort -u | grep -vxF -f <(echo "$lost" | grep .); } > "$list.new" || true
    mv "$list.new" "$list"
    echo "$(basename "$folder"): $(grep -c . <<< "$gained" || true) gained, $(grep -c . <<< "$lost" || true) lost"
done
