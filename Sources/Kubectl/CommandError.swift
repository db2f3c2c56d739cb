import Documents
import KubeObjects

/// Why a command ends without success; `Complaints` turns it into words.
enum CommandError: Error {
  /// A fact of kubectl's own, told after `error: `.
  case text(String)
  /// A wrong use of the command: told with a pointer to its help.
  case usage(String)
  /// The server's refusal.
  case status(StatusError)
  case aggregate([any Error])
  /// No such resource type.
  case noMatch(resource: String, group: String, version: String)
  case connection(url: String, reason: String)
  case configuration([String])
  /// Everything has been said.
  case exit(Int32)
  /// A text told as it is, with an exit status of its own.
  case told(String, Int32)
  /// What was printed before, and what went wrong.
  case printed(String, error: String)
}

extension CommandError {
  /// The message alone, as Go's `err.Error()`.
  static func message(_ error: any Error) -> String {
    switch error {
    case CommandError.text(let text), CommandError.usage(let text): text
    case CommandError.status(let status): status.message
    case let status as StatusError: status.message
    case CommandError.aggregate(let errors): aggregated(errors)
    case CommandError.noMatch(let resource, let group, let version):
      noMatchText(resource, group, version)
    case CommandError.connection(let url, let reason): "Get \(Go.quoted(url)): \(reason)"
    case CommandError.configuration(let lines): lines.joined(separator: ", ")
    case CommandError.told(let text, _), CommandError.printed(_, error: let text): text
    default: "\(error)"
    }
  }

  /// Go's aggregate: flattened, each message once.
  private static func aggregated(_ errors: [any Error]) -> String {
    func flat(_ error: any Error) -> [any Error] {
      guard case CommandError.aggregate(let inner) = error else { return [error] }
      return inner.flatMap(flat)
    }
    var seen: Set<String> = []
    let messages = errors.flatMap(flat).map(message).filter { seen.insert($0).inserted }
    return messages.count == 1 ? messages[0] : "[" + messages.joined(separator: ", ") + "]"
  }

  static func noMatchText(_ resource: String, _ group: String, _ version: String) -> String {
    var text = "the server doesn't have a resource type \(Go.quoted(resource))"
    if !group.isEmpty { text += " in group \(Go.quoted(group))" }
    if !version.isEmpty {
      text += (group.isEmpty ? " in" : " and") + " version \(Go.quoted(version))"
    }
    return text
  }

  /// The server's status behind an error, if there is one.
  static func status(of error: any Error) -> StatusError? {
    switch error {
    case CommandError.status(let status): status
    case let status as StatusError: status
    case CommandError.aggregate(let errors) where errors.count == 1: status(of: errors[0])
    default: nil
    }
  }

  static func isNotFound(_ error: any Error) -> Bool { status(of: error)?.reason == "NotFound" }
  static func isConflict(_ error: any Error) -> Bool { status(of: error)?.reason == "Conflict" }

  /// The same refusal, saying what was being done with which file.
  static func adding(_ verb: String, source: String, to error: any Error) -> any Error {
    guard !source.isEmpty else { return error }
    let prefix = "error when \(verb) \(Go.quoted(source)): "
    if var status = status(of: error) {
      status.message = prefix + status.message
      return CommandError.status(status)
    }
    return CommandError.text(prefix + message(error))
  }

  /// What standard error shows and the exit status, as kubectl's CheckErr decides.
  static func report(_ error: any Error, command: String) -> (text: String, code: Int32) {
    switch error {
    case CommandError.exit(let code): return ("", code)
    case CommandError.told(let text, let code): return (text, code)
    case CommandError.usage(let text):
      return ("error: \(text)\nSee '\(command) -h' for help and examples", 1)
    case CommandError.configuration(let lines):
      return (multiline("Error in configuration: ", lines), 1)
    case CommandError.noMatch(let resource, let group, let version):
      return (noMatchText(resource, group, version), 1)
    case CommandError.aggregate(let errors):
      // Each with a line end of its own, whatever it ends with (MultipleErrors).
      return (errors.map { (standard($0) ?? message($0)) + "\n" }.joined(), 1)
    default:
      if let status = status(of: error), status.reason == "Invalid" { return (invalid(status), 1) }
      if let text = standard(error) { return (text, 1) }
      let text = message(error)
      return (text.hasPrefix("error: ") ? text : "error: " + text, 1)
    }
  }

  private static func invalid(_ status: StatusError) -> String {
    var text = "The request is invalid"
    let told = status.message.isEmpty ? "" : ": " + status.message
    guard let details = status.details else { return text + told }
    if !details.kind.isEmpty || !details.name.isEmpty {
      text = "The \(details.kind) \(Go.quoted(details.name)) is invalid"
    } else if details.causes.isEmpty {
      text += told
    }
    guard !details.causes.isEmpty else { return text }
    // Equal messages are told once (statusCausesToAggrError).
    var seen: Set<String> = []
    let lines = details.causes.map {
      $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)"
    }.filter { seen.insert($0).inserted }
    return multiline(text + ": ", lines)
  }

  private static func multiline(_ prefix: String, _ lines: [String]) -> String {
    if lines.count == 1 { return prefix + lines[0] + "\n" }
    return prefix + "\n" + lines.map { "* \($0)" }.joined(separator: "\n")
  }

  private static func standard(_ error: any Error) -> String? {
    if let status = status(of: error) {
      switch status.reason {
      case "Unauthorized": return "error: You must be logged in to the server (\(status.message))"
      case "": return "Error from server: \(status.message)"
      default: return "Error from server (\(status.reason)): \(status.message)"
      }
    }
    guard case CommandError.connection(let url, let reason) = error else { return nil }
    if reason.contains("connection refused") {
      return "The connection to the server \(host(of: url)) was refused"
        + " - did you specify the right host or port?"
    }
    return "Unable to connect to the server: \(reason)"
  }

  static func host(of url: String) -> String {
    var rest = url[...]
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    return String(rest.prefix { $0 != "/" && $0 != "?" })
  }
}
