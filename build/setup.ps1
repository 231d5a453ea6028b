# Dot-sourced by run.ps1, test.ps1 and bench.ps1. Microsoft.ML and TorchSharp are the real packages, for the stand-in of TorchSharp needs
# Linux; MLNet, ImageAnalytics, Torch and TorchRuntime in the environment say otherwise, as for build/setup.sh.

$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot

function Assert-Success([string] $What) {
    if ($LASTEXITCODE -ne 0) { throw "$What failed (exit code $LASTEXITCODE)." }
}

function Initialize-Build([bool] $Cuda) {
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
        throw "The .NET 10 SDK is needed (https://dotnet.microsoft.com/download), and 'dotnet' is not on the PATH."
    }
    if (-not ((& dotnet --list-sdks) -match '^[1-9][0-9]+\.')) {
        throw 'The .NET SDK found here is too old; version 10 is needed.'
    }
    if (-not $env:MLNet) { $env:MLNet = 'package' }
    if (-not $env:ImageAnalytics) { $env:ImageAnalytics = $env:MLNet }
    if (-not $env:Torch) { $env:Torch = 'package' }
    # PowerShell 5.1, which runs on Windows only, does not have $IsLinux.
    if ($Cuda) { $env:TorchRuntime = if ($IsLinux) { 'cuda-linux' } else { 'cuda-windows' } }
    elseif (-not $env:TorchRuntime) { $env:TorchRuntime = 'cpu' }
    if (-not $env:ArtifactsPath) { $env:ArtifactsPath = Join-Path $root "artifacts/$env:MLNet-$env:Torch" }
    # Two runtimes that spin for work on the same cores slow each other down many times.
    if (-not $env:OMP_WAIT_POLICY) { $env:OMP_WAIT_POLICY = 'passive' }
    $env:DOTNET_CLI_TELEMETRY_OPTOUT = 1
    $env:DOTNET_NOLOGO = 1
    Write-Host "Sources: ML.NET = $env:MLNet, Torch = $env:Torch (runtime $env:TorchRuntime), ImageAnalytics = $env:ImageAnalytics"
}

function Invoke-Build([string] $Project) {
    & dotnet msbuild (Join-Path $root $Project) -restore -m -p:Configuration=Release -v:q -nologo
    Assert-Success "The build of $Project"
}
