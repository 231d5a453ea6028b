# Dot-sourced by run.ps1, test.ps1 and bench.ps1: on Windows, Microsoft.ML and TorchSharp are the real packages.

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
    if (-not $env:Torch) { $env:Torch = 'package' }
    if ($Cuda) { $env:TorchRuntime = 'cuda-windows' }
    elseif (-not $env:TorchRuntime) { $env:TorchRuntime = 'cpu' }
    if (-not $env:ArtifactsPath) { $env:ArtifactsPath = Join-Path $root "artifacts/$env:MLNet-$env:Torch" }
    Write-Host "Sources: ML.NET = $env:MLNet, Torch = $env:Torch (runtime $env:TorchRuntime)"
}

function Invoke-Build([string] $Project) {
    & dotnet msbuild (Join-Path $root $Project) -restore -m -p:Configuration=Release -v:q -nologo
    Assert-Success "The build of $Project"
}
