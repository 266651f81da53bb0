extension Experiment {
    /// All of them, in the order of docs/reliability.md.
    package static let all: [Experiment] =
        [
            race, closes, closeAgainstOpen, doors, kill, killWaiting, stop, slowClient, rolling, cuts, halfOpen,
            databaseStopped, databaseKilled, databaseCrashed, tableLock, rowLock, queueFull, indexLost,
            diskFullData, diskFullLog, switchover, primaryCrash, hostFrozen, hostLost, standbyLost,
            idleCrowd,
        ] + ofTheChecker

    /// Those that try the checker.
    package static let ofTheChecker = [unharmed, checkThenInsert, cachedCurrent]
}
