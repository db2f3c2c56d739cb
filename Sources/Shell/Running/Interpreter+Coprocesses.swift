/// A command that runs beside the shell, with pipes to and from it.
struct Coprocess {
  let name: String
  let child: any ShellChild
  /// The shell's ends: what the command writes, and what it reads; -1 when it was closed.
  var descriptors: [Int]
  let started: Int64
}

extension Interpreter {
  func startCoprocess(_ name: String, _ command: CommandNode, _ text: String) async throws {
    for old in coprocesses where old.child.status == nil {
      await writeError(
        "\(self.name): warning: execute_coproc: coproc [\(old.child.processID):\(old.name)] "
          + "still exists\n")
      break
    }
    let (output, write) = host.pipe()
    let (read, input) = host.pipe()
    let part = fork()
    part.replace(0, with: read)
    part.replace(1, with: write)
    let child = host.spawn(command.title) { await part.runAlone(command, on: $0, isChild: true) }
    // bash moves both pairs to the highest free descriptors, and closes the inner two.
    let free = (10...63).reversed().filter { files[$0] == nil }
    guard free.count > 3 else {
      output.release()
      input.release()
      throw Interruption.fatal("pipe error: Too many open files")
    }
    let descriptors = [free[0], free[3]]
    files[free[0]] = output
    files[free[3]] = input
    coprocesses.append(
      Coprocess(name: name, child: child, descriptors: descriptors, started: host.now))
    try assign(
      name, list: descriptors.map { (nil, false, [String($0)]) }, appending: false)
    try assign("\(name)_PID", String(child.processID))
    let number = jobs.add(child, text: "coproc \(text)")
    lastBackgroundID = child.processID
    if isInteractive, !isSubshell { await writeError("[\(number)] \(child.processID)\n") }
    status = 0
  }

  /// One end was closed by hand: the array says so, as bash's does.
  func forgetCoprocessEnd(_ descriptor: Int) throws {
    for (place, coprocess) in coprocesses.enumerated() {
      guard let end = coprocess.descriptors.firstIndex(of: descriptor) else { continue }
      coprocesses[place].descriptors[end] = -1
      try assign(coprocess.name, at: end, "-1", appending: false)
    }
  }

  /// Closes the pipes of coprocesses that are over, and unsets their variables. As in a real shell,
  /// which learns of the end a moment later, what is read at once is still there.
  func dropEndedCoprocesses() {
    let ended = coprocesses.filter {
      $0.child.status != nil
        && (host.now > $0.started || jobs.job(processID: $0.child.processID) == nil)
    }
    for coprocess in ended {
      for descriptor in coprocess.descriptors {
        files.removeValue(forKey: descriptor)?.release()
      }
      variables.remove(coprocess.name)
      variables.remove("\(coprocess.name)_PID")
      coprocesses.removeAll { $0.child === coprocess.child }
    }
  }
}
