# Builds everything and runs every test. .\test.ps1 NAME runs the tests whose full name contains NAME; -Cuda takes the GPU runtime;
# arguments that start with a dash go to 'dotnet test'. The comparisons with PyTorch need a Python with torch on the PATH.
param([switch] $Cuda)

. (Join-Path $PSScriptRoot 'build/setup.ps1')
Initialize-Build $Cuda
Invoke-Build 'Extensions.sln'

$results = Join-Path $env:ArtifactsPath 'test-results'
if (Test-Path $results) { Remove-Item -Recurse -Force $results }
$words = @($args)
if ($words.Count -gt 0 -and $words[0] -notlike '-*') {
    $words = @('--filter', "FullyQualifiedName~$($words[0])") + @($words | Select-Object -Skip 1)
}
& dotnet test (Join-Path $root 'Extensions.sln') -c Release --no-build --nologo -m:1 --logger trx --results-directory $results @words
$status = $LASTEXITCODE

$total = 0; $passed = 0; $failed = 0
foreach ($file in Get-ChildItem $results -Filter *.trx -Recurse -ErrorAction SilentlyContinue) {
    $counters = ([xml](Get-Content -Raw $file.FullName)).TestRun.ResultSummary.Counters
    $total += [int] $counters.total
    $passed += [int] $counters.passed
    $failed += [int] $counters.failed + [int] $counters.error + [int] $counters.timeout + [int] $counters.aborted
}
$skipped = $total - $passed - $failed
# A test host that dies leaves no result of its own.
if ($status -ne 0 -and $failed -eq 0) { $failed = 1 }
if ($passed + $failed -eq 0) { Write-Host 'No test ran.'; $status = 1 }
$end = if ($skipped -gt 0) { ", $skipped skipped" } else { '' }
Write-Host "$passed passed, $failed failed$end"
if ($failed -gt 0 -or $status -ne 0) { exit 1 }
exit 0
