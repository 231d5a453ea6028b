# The main job: builds samples/QuickStart and runs it. -Cuda takes the GPU runtime; other arguments go to the sample (--help lists them).
[CmdletBinding(PositionalBinding = $false)]
param([switch] $Cuda, [Parameter(ValueFromRemainingArguments)] [string[]] $Arguments = @())

. (Join-Path $PSScriptRoot 'build/setup.ps1')
Initialize-Build $Cuda
Invoke-Build 'samples/QuickStart/QuickStart.csproj'
& dotnet (Join-Path $env:ArtifactsPath 'bin/QuickStart/release/QuickStart.dll') @Arguments
exit $LASTEXITCODE
