# The main job: builds samples/QuickStart and runs it. -Cuda takes the GPU runtime; other arguments go to the sample (--help lists them).
# They stay in $args: declared with attributes, PowerShell would take --out for a parameter of its own.
param([switch] $Cuda)

. (Join-Path $PSScriptRoot 'build/setup.ps1')
Initialize-Build $Cuda
Invoke-Build 'samples/QuickStart/QuickStart.csproj'
& dotnet (Join-Path $env:ArtifactsPath 'bin/QuickStart/release/QuickStart.dll') @args
exit $LASTEXITCODE
