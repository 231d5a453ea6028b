# Measures this library beside its peers: .\bench.ps1 NAME [--data FOLDER] [--seeds 0,1,2] [--threads N] [--json FILE]
# The peers need a Python with torch and scikit-learn on the PATH.
[CmdletBinding(PositionalBinding = $false)]
param([switch] $Cuda, [Parameter(ValueFromRemainingArguments)] [string[]] $Arguments = @())

. (Join-Path $PSScriptRoot 'build/setup.ps1')
Initialize-Build $Cuda
Invoke-Build 'benchmarks/Extensions.ML.Benchmarks.csproj'
& dotnet (Join-Path $env:ArtifactsPath 'bin/Extensions.ML.Benchmarks/release/Extensions.ML.Benchmarks.dll') @Arguments
exit $LASTEXITCODE
