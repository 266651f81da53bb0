# shellcheck shell=bash
# Functions that the scripts in this folder share. Sourced, never run.

# say TEXT: tells what goes on, on standard error, because standard output is the program's.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die TEXT: says it and ends the script with status 1.
die() {
    say "$*"
    exit 1
}

# postgres_programs [MAJOR]: prints the folder with PostgreSQL's server programs: of that major
# version if one is named, else of the first found that is 15 or newer. Status 1 if there is none.
postgres_programs() {
    local folder major
    for folder in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /none/postgres)")"; do
        [[ -x $folder/postgres && -x $folder/initdb && -x $folder/pg_isready ]] || continue
        major=$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        if [[ $major == "${1:-$major}" ]] && ((major >= 15)); then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}

# program_to_try: prints the path of the program to try: CASHPILOT_PROGRAM, or else the debug program, built now.
program_to_try() {
    if [[ -n ${CASHPILOT_PROGRAM:-} ]]; then
        printf '%s\n' "$CASHPILOT_PROGRAM"
    else
        scripts/build && printf '%s\n' "$PWD/.build/debug/cashpilot"
    fi
}

# watch_signals: from here on INT, TERM and HUP no longer end the script by themselves. Bash alone
# would die and leave its command running, or ignore the signal if the command outlives it. The
# first one reaches the supervised command as `stop_with`, and ends the script at the next
# `supervise` or `stop_if_asked`; more of them change nothing.
stop_with=TERM
stop_asked=
supervised=
watch_signals() {
    trap hand_on INT TERM HUP
}

hand_on() {
    # The trap stays as it is: bash 5.2 ends the script if it ignores a signal of which a second one is pending.
    [[ -z $stop_asked ]] || return 0
    stop_asked=yes
    [[ -z $supervised ]] || kill -s "$stop_with" "$supervised" 2>/dev/null || true
}

# stop_if_asked: ends the script with status 143, that of a program ended by TERM, if a signal came.
stop_if_asked() {
    [[ -z $stop_asked ]] || exit 143
}

# supervise SECONDS COMMAND…: runs COMMAND and returns its status. If it has not ended SECONDS after
# it was asked to, it is killed. If this script is killed, it gets TERM.
supervise() {
    local limit=$1 status=0 deadline='' nothing
    shift
    stop_if_asked

    # bash starts a command in the background with INT ignored and nothing to read: undo both.
    env --default-signal=INT,QUIT setpriv --pdeathsig TERM "$@" <&0 &
    supervised=$!
    [[ -z $stop_asked ]] || kill -s "$stop_with" "$supervised" 2>/dev/null || true
    # Not `wait`: bash 5.2 can lose the status of a command whose `wait` a signal ends.
    exec {nothing}<> <(:)
    while kill -0 "$supervised" 2>/dev/null; do
        if [[ -n $stop_asked ]]; then
            : "${deadline:=$((SECONDS + limit))}"
            if ((SECONDS > deadline)); then
                say "$1 has not ended within $limit s; killing it"
                kill -KILL "$supervised" 2>/dev/null || true
                deadline=$((SECONDS + limit))
            fi
        fi
        read -rt 0.1 -u "$nothing" || true # A signal ends it.
    done
    exec {nothing}<&-
    # After a signal the first `wait` may return the signal's status, and the next ones the command's.
    for _ in 1 2 3; do
        status=0
        wait "$supervised" || status=$?
    done
    supervised=
    return "$status"
}

# swift_resuming ARGUMENT…: runs `swift`, and runs it again, at most twice, if it crashed. The event loop of libdispatch
# crashes the package manager now and then (https://github.com/swiftlang/swift/issues/87033); what it has built is kept.
swift_resuming() {
    local status attempt
    for attempt in 1 2 3; do
        status=0
        supervise 60 swift "$@" || status=$?
        ((attempt < 3)) || break
        case $status in
            132 | 133 | 134 | 135 | 139) # ILL, TRAP, ABRT, BUS, SEGV
                say "swift $1 crashed (status $status); running it again" ;;
            *) break ;;
        esac
    done
    return "$status"
}
