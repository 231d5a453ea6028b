# Sourced by test.sh and .ci/run: runs tests and adds their results up.

# run_tests PROJECT-OR-SOLUTION RESULTS [ARGUMENT...]: one project after another, for they fill the machine.
run_tests() {
    local target=$1 results=$2
    shift 2
    dotnet test "$target" -c Release --no-build --nologo -m:1 --logger trx --results-directory "$results" "$@"
}

# counter NAME FOLDER: the sum of that counter over all result files below the folder.
counter() {
    find "$2" -name '*.trx' -exec grep -ho '<Counters [^>]*' {} + 2> /dev/null |
        sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

# finish STATUS FOLDER [PASSED FAILED]: prints the last line of a run and exits; checks that are no tests come as the two counts.
finish() {
    local status=$1 passed failed skipped total
    total=$(counter total "$2")
    passed=$(counter passed "$2")
    failed=$(($(counter failed "$2") + $(counter error "$2") + $(counter timeout "$2") + $(counter aborted "$2")))
    skipped=$((total - passed - failed))
    # A test host that dies leaves no result of its own.
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    passed=$((passed + ${3:-0}))
    failed=$((failed + ${4:-0}))
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then echo "No test ran."; status=1; fi
    if [ "$skipped" -gt 0 ]; then skipped=", $skipped skipped"; else skipped=''; fi
    echo "$passed passed, $failed failed$skipped"
    [ "$failed" -eq 0 ] && [ "$status" -eq 0 ] && exit 0
    exit 1
}
