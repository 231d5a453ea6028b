# Sourced by run.sh, test.sh, bench.sh and .ci/run: decides where Microsoft.ML and TorchSharp come from, and installs
# what that choice needs. MLNet, ImageAnalytics, Torch and TorchRuntime in the environment override the decision.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() { echo "$*" >&2; exit 1; }

require_dotnet() {
    command -v dotnet > /dev/null || fail "The .NET 10 SDK is needed, and 'dotnet' is not on the PATH: https://dotnet.microsoft.com/download"
    dotnet --list-sdks | grep -Eq '^[1-9][0-9]+\.' || fail "The .NET SDK found here is too old; version 10 is needed:
$(dotnet --list-sdks)"
}

# The answer changes with the versions asked for and with the NuGet configuration, so these name the cached answer.
sources_key() {
    local folder=$root
    {
        cat "$root/Directory.Packages.props" "$root/build/Sources.csproj" ~/.nuget/NuGet/*.[Cc]onfig ~/.config/NuGet/*.[Cc]onfig
        while :; do
            cat "$folder"/[Nn]u[Gg]et.[Cc]onfig
            [ "$folder" = / ] && break
            folder=$(dirname "$folder")
        done
        echo "$HOME ${NUGET_PACKAGES:-} ${RestoreAdditionalProjectSources:-} ${TorchRuntime:-cpu}"
    } 2> /dev/null | cksum | cut -d' ' -f1
}

# Prints NuGet's complaints, one a line; asks again when the cached answer is a day old.
ask_feed() {
    local answer log
    answer=$root/artifacts/sources/$(sources_key)
    if [ -z "$(find "$answer" -mtime -1 2> /dev/null)" ]; then
        mkdir -p "$root/artifacts/sources"
        if log=$(dotnet restore "$root/build/Sources.csproj" -v q --nologo --force -p:ArtifactsPath="$root/artifacts/sources" 2>&1); then
            : > "$answer"
        else
            log=$(sed -n 's/.*error \([A-Z]*[0-9]*: .*\)/\1/p' <<< "$log" | sort -u)
            # Only a clear answer is kept: a feed out of reach may be back the next time.
            if grep -Evq '^NU110[123]: ' <<< "$log"; then echo "$log"; return; fi
            echo "$log" > "$answer"
        fi
    fi
    cat "$answer"
}

version_of() {
    sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" "$root/Directory.Packages.props"
}

# source_of PACKAGE COMPLAINTS: prints the source, "package" or "compat", and the reason after a space.
source_of() {
    local missing version
    version=$(version_of "$1")
    missing=$(sed -En "s/^NU110[123]: .* package (${1//./\\.}(-cpu|-cuda-[a-z]*)?)\.? .*/\1/p" <<< "$2" | head -n 1)
    if [ -n "$missing" ]; then
        echo "compat (feed has no $missing $version)"
    elif [ -n "$2" ] && grep -Evq '^NU110[123]: ' <<< "$2"; then
        echo "compat (feed gave no answer: $(grep -Ev -m1 '^NU110[123]: ' <<< "$2"))"
    else
        echo "package (feed has $1 $version)"
    fi
}

# images_beside SOURCE COMPLAINTS: the source of Microsoft.ML.ImageAnalytics, given that of Microsoft.ML. The stand-in of the former
# needs the stand-in of the latter, so beside the real one there may be none.
images_beside() {
    local found
    if [ "$1" = compat ]; then echo "compat (as ML.NET is)"; return; fi
    found=$(source_of Microsoft.ML.ImageAnalytics "$2")
    echo "${found/#compat/none}"
}

choose_sources() {
    local complaints='' mlnet="${MLNet:-}" torch="${Torch:-}" images="${ImageAnalytics:-}"
    if [ -z "$mlnet" ] || [ -z "$torch" ] || [ "$images$mlnet" = package ]; then complaints=$(ask_feed); fi
    mlnet=${mlnet:+"$mlnet (as MLNet says)"}
    torch=${torch:+"$torch (as Torch says)"}
    mlnet=${mlnet:-$(source_of Microsoft.ML "$complaints")}
    torch=${torch:-$(source_of TorchSharp "$complaints")}
    images=${images:+"$images (as ImageAnalytics says)"}
    images=${images:-$(images_beside "${mlnet%% *}" "$complaints")}
    echo "Sources: ML.NET = $mlnet, Torch = $torch, ImageAnalytics = $images"
    export MLNet=${mlnet%% *} Torch=${torch%% *} ImageAnalytics=${images%% *}
    export ArtifactsPath=${ArtifactsPath:-$root/artifacts/$MLNet-$Torch}
}

install_debian() { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

# require_debian WHY PACKAGE...: installs those that are missing, or says how to.
require_debian() {
    local why=$1 package missing=()
    shift
    command -v dpkg-query > /dev/null || fail "$why: this machine has no Debian packages. Install the counterparts of: $*
For another libtorch set LIBTORCH to its folder; to use the real TorchSharp set Torch=package."
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    [ "$(id -u)" = 0 ] || fail "$why. Please run, then start again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    echo "Installing ${missing[*]} ..."
    install_debian "${missing[@]}" > /dev/null || fail "$why, and apt-get could not install: ${missing[*]}"
}

# offer_debian PACKAGE...: installs what some tests can use and do without; where that cannot be, they say so themselves.
offer_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || return 0
    echo "Installing $* ..."
    install_debian "$@" > /dev/null 2>&1 || echo "apt-get could not install: $*"
}

# setup [DEBIAN PACKAGE...]: the packages are peers that the caller measures or tests against.
setup() {
    require_dotnet
    choose_sources
    if [ "$Torch" = compat ]; then
        if [ -n "${LIBTORCH:-}" ]; then
            command -v g++ > /dev/null || require_debian "Torch=compat compiles a shim over libtorch" g++
        else
            require_debian "Torch=compat compiles a shim over the distribution's libtorch" g++ libtorch-dev libopenblas0-openmp
        fi
    fi
    # Elsewhere the user brings a Python with the peers, or goes without the comparisons.
    if [ $# -gt 0 ] && command -v dpkg-query > /dev/null; then
        require_debian "The peers to compare with are needed" "$@"
        export PYTHON=${PYTHON:-/usr/bin/python3}
    fi
    # Two runtimes that spin for work on the same cores slow each other down many times.
    export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# build PROJECT [ARGUMENT...]
build() {
    dotnet msbuild "$@" -restore -m -p:Configuration=Release -v:q -nologo
}
