extension Interpreter {
  var trappedSignals: Set<Int32> {
    var signals: Set<Int32> = []
    for condition in traps.keys {
      if case .signal(let number) = condition { signals.insert(number) }
    }
    return signals
  }

  /// Runs the actions of the signals that came since the last command.
  func deliverSignals() async throws {
    guard !traps.isEmpty, trapDepth == 0 else { return }
    for number in host.takePendingSignals() {
      guard let action = traps[.signal(number)] else { continue }
      try await runTrap(action)
    }
  }

  /// Runs a trap's action; the status is what it was before.
  func runTrap(_ action: String) async throws {
    guard trapDepth < 8 else { return }
    let outer = (status, line)
    trapDepth += 1
    evalDepth += 1
    defer {
      trapDepth -= 1
      evalDepth -= 1
    }
    try await execute(action, firstLine: line)
    (status, line) = outer
  }

  /// Runs the EXIT trap, once.
  package func runExitTrap() async {
    guard let action = traps.removeValue(forKey: .exit), !action.isEmpty else { return }
    let code = exitStatus ?? status
    do {
      status = code
      try await runTrap(action)
      status = code
    } catch {
      status = await ended(by: error)
    }
  }
}
