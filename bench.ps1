# Measures this library beside its peers: .\bench.ps1 NAME [--data FOLDER] [--seeds 0,1,2] [--threads N] [--only TEXT] [--json FILE] [--quick]
# The peers need a Python with torch and scikit-learn on the PATH. -Cuda takes the GPU runtime.
param([switch] $Cuda)

. (Join-Path $PSScriptRoot 'build/setup.ps1')
Initialize-Build $Cuda
Invoke-Build 'benchmarks/Extensions.ML.Benchmarks.csproj'
# PowerShell reads 0,1,2 as three values.
$words = @($args | ForEach-Object { $_ -join ',' })
& dotnet (Join-Path $env:ArtifactsPath 'bin/Extensions.ML.Benchmarks/release/Extensions.ML.Benchmarks.dll') @words
exit $LASTEXITCODE
