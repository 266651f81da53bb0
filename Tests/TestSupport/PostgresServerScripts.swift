import Foundation

/// The shell scripts of ``PostgresServer``.
enum PostgresServerScripts {
    /// PostgreSQL refuses to run as root.
    private static let asPostgres = """
        as=
        [ "$(id -u)" = 0 ] && as="setpriv --reuid=postgres --regid=postgres --init-groups"

        """

    /// Makes `directory`: in memory if `/dev/shm` has 2 GiB to spare and the server may write there, else in `/tmp`.
    private static let makeDirectory =
        asPostgres + """
            set -e
            place=/tmp
            free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
            [ "${free:-0}" -ge 2097152 ] && $as test -w /dev/shm && place=/dev/shm
            directory=$(mktemp -d "$place/pg-XXXXXX")
            [ -z "$as" ] || chown postgres "$directory"

            """

    /// Prints the folder of the newest server's programs, or nothing.
    static let find = """
        for candidate in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
            [ -x "$candidate/initdb" ] && found=$candidate
        done
        printf %s "$found"
        """

    /// `copy BINARIES SOCKETS`: prints a new directory with the `data` of a standby of the server whose socket is in
    /// SOCKETS.
    static let copy =
        makeDirectory + """
            cd "$directory"
            timeout 60 $as "$1/pg_basebackup" -h "$2" -U postgres -D "$directory/data" -R -c fast --no-sync >&2
            printf %s "$directory"
            """

    /// `prepare BINARIES CACHE`: prints a new directory with an initialized `data`.
    static let prepare =
        makeDirectory + """
            if [ -d "$2" ]; then
                cp -a "$2" "$directory/data"
            else
                cd "$directory"
                $as "$1/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >&2
                mkdir -p "$(dirname "$2")"
                cp -a "$directory/data" "$2.$$"
                mv -T "$2.$$" "$2" || rm -rf "$2.$$"
            fi
            printf %s "$directory"
            """

    /// `supervise DIRECTORY BINARIES SETTING...`: reads commands until standard input ends, then stops the server and
    /// removes its directory. A command is `start` or the name of a signal for the server's main process. A file `ended`
    /// appears when that process has ended.
    static let supervise =
        asPostgres + """
            trap '' INT
            directory=$1 binaries=$2
            shift 2
            cd "$directory"
            while read -r command; do
                if [ "$command" = start ]; then
                    rm -f pid ended
                    (
                        $as "$binaries/postgres" -D "$directory/data" -k "$directory" "$@" >>log 2>&1 </dev/null &
                        echo $! >pid
                        wait
                        : >ended
                    ) &
                    run=$!
                else
                    kill "-$command" "$(cat pid)"
                fi
            done
            while [ "$run" ] && [ ! -e pid ] && [ ! -e ended ]; do sleep 0.1; done
            if [ "$run" ] && [ ! -e ended ]; then
                server=$(cat pid)
                kill -QUIT "$server"
                (
                    trap 'kill $nap; exit' TERM
                    sleep 10 & nap=$!
                    wait $nap
                    kill -KILL "$server"
                ) &
                killer=$!
                wait "$run"
                kill "$killer"
                wait
            fi
            rm -rf "$directory"
            """
}

/// Runs shell scripts.
package enum Shell {
    /// - Returns: the script's standard output.
    package static func output(_ script: String, _ arguments: [String] = []) async throws -> String {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.spawn()
        // Read at once: a full pipe would block the script.
        async let printed = offExecutor { try output.fileHandleForReading.readToEnd() ?? Data() }
        async let complaint = offExecutor { try errors.fileHandleForReading.readToEnd() ?? Data() }
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        guard process.terminationStatus == 0 else {
            throw PostgresServer.Failure(description: String(decoding: try await complaint, as: UTF8.self))
        }
        return String(decoding: try await printed, as: UTF8.self)
    }
}

extension Process {
    /// Runs with no signal blocked.
    ///
    /// A child inherits the signal mask of the thread that starts it, and Dispatch's threads block nearly all signals.
    /// A shell would never be notified that its child has exited.
    package func spawn() throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
