/// Checks the responses of all clients against each other and against the database's final state.
///
/// Unknown outcomes are resolved by operation id: a write that took effect has left its id in the database. Its effect
/// lies between the request and the first response that shows it.
package struct HistoryChecker {
    private let operations: [Operation]
    private let state: FinalState
    private var faults: [String] = []
    private var events: [OpenSessionKey: [OpenSessionKeyEvent]] = [:]
    /// By the id of the operation that opened the session.
    private var opened: [String: FinalState.Session] = [:]
    /// By the id of the operation that closed the session.
    private var closed: [String: FinalState.Session] = [:]
    private var counts: [String: Int64] = [:]

    private init(_ operations: [Operation], _ state: FinalState) {
        self.operations = operations
        self.state = state
    }

    /// - Returns: the inconsistencies as sentences; empty if no write is lost and no response is wrong.
    package static func faults(in operations: [Operation], _ state: FinalState) -> [String] {
        var checker = HistoryChecker(operations, state)
        checker.readState()
        for operation in operations { checker.check(operation) }
        checker.findUnrequested()
        for (key, events) in checker.events {
            checker.faults += OpenSessionKeyChecker.faults(in: events).map { "\($0), cashier \(key.cashier)" }
        }
        return checker.faults
    }

    private mutating func readState() {
        var openKeys: Set<OpenSessionKey> = []
        for session in state.sessions {
            if let operation = session.opening {
                require(opened.updateValue(session, forKey: operation) == nil, "open \(operation) took effect twice")
            }
            if let operation = session.closing {
                require(closed.updateValue(session, forKey: operation) == nil, "close \(operation) took effect twice")
            }
            if session.isOpen {
                require(openKeys.insert(session.key).inserted, "two sessions of a key are open, one is \(session.id)")
            }
            counts[session.id] = session.counted
            require(session.openEvents == 1, "\(session.id) has \(session.openEvents) audit events of its open")
            let closes = session.closing == nil ? 0 : 1
            require(
                session.closeEvents == closes, "\(session.id) has \(session.closeEvents) audit events of its close")
        }
        require(state.strayEvents == 0, "\(state.strayEvents) audit events have no session")
    }

    private mutating func check(_ operation: Operation) {
        switch operation.call {
        case .open(let float): checkOpen(operation, float)
        case .close(let session, let counted): checkClose(operation, session, counted)
        case .current: checkCurrent(operation)
        }
    }

    private mutating func checkOpen(_ operation: Operation, _ float: Int64) {
        let effect = opened[operation.id]
        if let effect {
            require(
                effect.float == float && effect.key == operation.sessionKey,
                "\(effect.id) differs from the request \(operation.id)")
        }
        switch (operation.outcome, effect) {
        case (.succeeded(let session), let effect):
            require(effect?.id == session, "acknowledged open \(operation.id) of \(session) is lost")
            add(.opened(session), operation)
        case (.unknown, let effect?): add(.opened(effect.id), operation, to: OpenSessionKeyEvent.never)
        case (.unknown, nil), (.notApplied, nil): break
        case (.found(let session), nil): add(.isOpen(session), operation)
        case (.found, _?), (.notApplied, _?): require(false, "open \(operation.id) was rejected and took effect")
        case (let outcome, _): require(false, "the response to open \(operation.id) is \(outcome)")
        }
    }

    private mutating func checkClose(_ operation: Operation, _ session: String, _ counted: Int64) {
        let effect = closed[operation.id]
        if let effect {
            require(
                effect.counted == counted && effect.id == session,
                "the close of \(effect.id) differs from the request \(operation.id)")
        }
        switch (operation.outcome, effect) {
        case (.succeeded(let closed), let effect):
            require(effect != nil && closed == session, "acknowledged close \(operation.id) of \(session) is lost")
            add(.closed(session), operation)
        case (.unknown, _?): add(.closed(session), operation, to: OpenSessionKeyEvent.never)
        case (.unknown, nil), (.notApplied, nil): break
        case (.alreadyClosed(let reported), nil):
            require(
                counts[session] == reported,
                "the response to close \(operation.id) has the wrong count \(reported ?? -1)")
            add(.isClosed(session), operation)
        case (.alreadyClosed, _?), (.notApplied, _?):
            require(false, "close \(operation.id) was rejected and took effect")
        case (let outcome, _): require(false, "the response to close \(operation.id) is \(outcome)")
        }
    }

    private mutating func checkCurrent(_ operation: Operation) {
        switch operation.outcome {
        case .found(let session): add(.isOpen(session), operation)
        case .noneOpen: add(.noneOpen, operation)
        case .unknown, .notApplied: break
        default: require(false, "the response to current \(operation.id) is \(operation.outcome)")
        }
    }

    /// Every session in the database must have been opened and closed by a recorded operation.
    private mutating func findUnrequested() {
        let requested = Set(operations.map(\.id))
        for session in state.sessions {
            require(session.opening.map(requested.contains) ?? false, "no client opened \(session.id)")
            require(session.closing.map(requested.contains) ?? session.isOpen, "no client closed \(session.id)")
        }
    }

    private mutating func add(_ kind: OpenSessionKeyEvent.Kind, _ operation: Operation, to end: Int64? = nil) {
        events[operation.sessionKey, default: []].append(
            OpenSessionKeyEvent(kind, from: operation.invoked, to: end ?? operation.returned))
    }

    private mutating func require(_ isTrue: Bool, _ fault: String) {
        if !isTrue { faults.append(fault) }
    }
}
