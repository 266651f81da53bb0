extension Experiment {
    /// Every experiment, in the order of docs/reliability.md.
    package static let all: [Experiment] =
        [
            race, closes, closeAgainstOpen, entryPoints, kill, killRecording, killWaiting, stop, slowClient, rolling,
            cuts, halfOpen,
            databaseStopped, databaseKilled, databaseCrashed, tableLock, rowLock, queueFull, indexLost,
            diskFullData, diskFullLog, switchover, primaryCrash, hostFrozen, hostLost, standbyLost,
            idleCrowd, fairUse,
        ] + ofTheChecker

    /// The experiments that test the checker itself.
    package static let ofTheChecker = [unharmed, checkThenInsert, cachedCurrent]
}
