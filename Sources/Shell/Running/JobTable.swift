/// The background commands that a shell started.
struct JobTable {
  struct Job {
    let number: Int
    let child: any ShellChild
    let text: String
  }

  private(set) var list: [Job] = []

  mutating func add(_ child: any ShellChild, text: String) -> Int {
    let number = (list.last?.number ?? 0) + 1
    list.append(Job(number: number, child: child, text: text))
    return number
  }

  mutating func remove(number: Int) { list.removeAll { $0.number == number } }

  var current: Job? { list.last }

  func job(processID: Int) -> Job? { list.first { $0.child.processID == processID } }

  /// The job that `%…` or a process ID means.
  func job(_ text: String) -> Job? {
    text.hasPrefix("%") ? job(named: text) : Int(text).flatMap { job(processID: $0) }
  }

  /// The job that `%1`, `%%`, `%+`, `%-`, `%name` or `%?text` means.
  func job(named text: String) -> Job? {
    let name = text.dropFirst()
    switch name {
    case "", "%", "+": return list.last
    case "-": return list.count > 1 ? list[list.count - 2] : list.last
    default: break
    }
    if let number = Int(name) { return list.first { $0.number == number } }
    if name.first == "?" { return list.last { $0.text.contains(name.dropFirst()) } }
    return list.last { $0.text.hasPrefix(name) }
  }

  /// `+` for the current job, `-` for the one before it.
  func mark(of job: Job) -> String {
    if job.number == list.last?.number { return "+" }
    return list.count > 1 && job.number == list[list.count - 2].number ? "-" : " "
  }

  /// One line of `jobs`.
  func line(of job: Job, withID: Bool = false) -> String {
    let state: String
    switch job.child.status {
    case nil: state = "Running"
    case 0?: state = "Done"
    case let code? where code > 128: state = Signals.description(of: code - 128)
    case let code?: state = "Exit \(code)"
    }
    let padding = String(repeating: " ", count: max(1, 24 - state.utf8.count))
    let id = withID ? "\(job.child.processID) " : ""
    let tail = job.child.status == nil ? " &" : ""
    return "[\(job.number)]\(mark(of: job))  \(id)\(state)\(padding)\(job.text)\(tail)\n"
  }
}
