import Documents
import KubeObjects
import Shell

/// The keys and values that --from-literal, --from-file and --from-env-file name.
struct DataSources {
  private let call: Invocation
  /// What a repeated key is told to be in.
  private let owner: String

  init(_ call: Invocation, owner: String) {
    self.call = call
    self.owner = owner
  }

  func entries() async throws -> [(key: String, bytes: [UInt8])] {
    let values = call.values
    let environment = values.strings("from-env-file")
    if !environment.isEmpty,
      !values.strings("from-file").isEmpty || !values.strings("from-literal").isEmpty
    {
      throw CommandError.text("from-env-file cannot be combined with from-file or from-literal")
    }
    var found: [(key: String, bytes: [UInt8])] = []
    var seen: Set<String> = []
    func add(_ key: String, _ bytes: [UInt8]) throws {
      try check(key: key)
      guard seen.insert(key).inserted else {
        throw CommandError.text(
          "cannot add key \(Go.quoted(key)), another key by that name already exists in Data for "
            + owner)
      }
      found.append((key, bytes))
    }
    for source in values.strings("from-literal") {
      guard let equals = source.firstIndex(of: "="), equals != source.startIndex else {
        throw CommandError.text("invalid literal source \(source), expected key=value")
      }
      try add(String(source[..<equals]), Array(source[equals...].dropFirst().utf8))
    }
    for source in values.strings("from-file") {
      for (key, bytes) in try await files(source) { try add(key, bytes) }
    }
    for source in environment {
      for (key, bytes) in try await lines(source) { try add(key, bytes) }
    }
    return found
  }

  private func files(_ source: String) async throws -> [(String, [UInt8])] {
    let equals = source.indices.filter { source[$0] == "=" }
    if equals.count > 1 {
      throw CommandError.text("key names or file paths cannot contain '='")
    }
    guard let mark = equals.first else {
      let status = try await Self.status(source, call)
      if status.kind == .directory { return try await folder(source) }
      let key = source.split(separator: "/").last.map(String.init) ?? source
      return [(key, try await Self.read(source, call))]
    }
    let key = String(source[..<mark])
    let path = String(source[mark...].dropFirst())
    if key.isEmpty { throw CommandError.text("key name for file path \(path) missing") }
    if path.isEmpty { throw CommandError.text("file path for key name \(key) missing") }
    if try await Self.status(path, call).kind == .directory {
      throw CommandError.text(
        "cannot give a key name for a directory path")
    }
    return [(key, try await Self.read(path, call))]
  }

  /// Every plain file of a folder whose name can be a key; a link is none.
  private func folder(_ path: String) async throws -> [(String, [UInt8])] {
    var found: [(String, [UInt8])] = []
    for name in try call.surroundings.names(in: path) {
      let file = path.hasSuffix("/") ? path + name : path + "/" + name
      guard call.surroundings.linkStatus(file)?.kind == .file, Self.isKey(name) else { continue }
      found.append((name, try await Self.read(file, call)))
    }
    return found
  }

  private func lines(_ path: String) async throws -> [(String, [UInt8])] {
    guard let status = call.surroundings.status(path), status.kind != .directory else {
      _ = try await Self.status(path, call)
      throw CommandError.text("env config file cannot be a directory")
    }
    var found: [(String, [UInt8])] = []
    var text = String(decoding: try await Self.read(path, call), as: UTF8.self)
    if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
    for line in text.split(whereSeparator: \.isNewline) {
      let body = line.drop { $0.isWhitespace }
      if body.isEmpty || body.hasPrefix("#") { continue }
      let equals = body.firstIndex(of: "=")
      let key = String(body[..<(equals ?? body.endIndex)])
      try Self.requireEnvironmentName(key)
      if let equals {
        found.append((key, Array(body[equals...].dropFirst().utf8)))
      } else {
        found.append((key, Array((call.surroundings.environment[key] ?? "").utf8)))
      }
    }
    return found
  }

  static func status(_ path: String, _ call: Invocation) async throws -> FileStatus {
    if let status = call.surroundings.status(path) { return status }
    throw CommandError.text("error reading \(path): no such file or directory")
  }

  static func read(_ path: String, _ call: Invocation) async throws -> [UInt8] {
    do {
      return try await call.surroundings.readFile(path)
    } catch let error as HostError {
      throw CommandError.text("open \(path): \(error.text.lowercased())")
    }
  }

  static func isKey(_ text: String) -> Bool { NameRule.configMapKey.allows(text) }

  static func requireEnvironmentName(_ key: String) throws {
    guard !isEnvironmentName(key) else { return }
    throw CommandError.text(
      "\(Go.quoted(key)) is not a valid key name: a valid environment variable name must consist "
        + "of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit "
        + "(e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
        + "'[-._a-zA-Z][-._a-zA-Z0-9]*')")
  }

  static func isEnvironmentName(_ text: String) -> Bool {
    isKey(text) && !(text.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true)
  }

  private func check(key: String) throws {
    if Self.isKey(key) { return }
    let kind = owner.prefix { $0 != " " }
    throw CommandError.text(
      "\(Go.quoted(key)) is not a valid key name for a \(kind): "
        + NameRule.configMapKey.problems(key).joined(separator: ","))
  }
}
