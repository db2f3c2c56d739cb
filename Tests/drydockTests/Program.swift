import Foundation
import Glibc

/// The built program, run as its users run it.
enum Program {
  /// It stands beside the tests, unless DRYDOCK_PROGRAM names another build of it.
  static let path: String = {
    if let other = ProcessInfo.processInfo.environment["DRYDOCK_PROGRAM"] { return other }
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: "drydock").path
  }()

  static let course = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs it to its end with files for its three streams.
  static func run(
    _ arguments: [String], home: Home, input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> Outcome {
    let files = ["input", "output", "errors"].map { "\(home.path)/.\($0)-\(UUID().uuidString)" }
    for file in files { try Data(file == files[0] ? input : []).write(to: URL(filePath: file)) }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    let all = home.environment.merging(environment) { $1 }
    let process = try spawn(arguments, environment: all, streams: files)
    var raw: Int32 = 0
    waitpid(process, &raw, 0)
    func text(_ file: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    }
    return Outcome(
      status: exitStatus(raw), output: try text(files[1]), errors: try text(files[2]))
  }

  /// Whether something listens on the port of this machine.
  static func connects(to port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        connect(descriptor, $0.baseAddress, socklen_t(bytes.count)) == 0
      }
    }
  }

  static func run(
    _ arguments: String..., home: Home, input: String = ""
  ) throws -> Outcome {
    try run(arguments, home: home, input: Array(input.utf8))
  }

  static func exitStatus(_ raw: Int32) -> Int32 {
    raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F)
  }

  static func spawn(
    _ arguments: [String], environment: [String: String], opening file: String, into: [Int32],
    inSession: Bool
  ) throws -> pid_t {
    try spawn(arguments, environment, isLeader: inSession) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, file, O_RDWR, 0)
      for stream in into where stream != 0 {
        posix_spawn_file_actions_adddup2(&actions, 0, stream)
      }
    }
  }

  static func spawn(
    _ arguments: [String], environment: [String: String], streams: [String]
  ) throws -> pid_t {
    try spawn(arguments, environment, isLeader: false) { actions in
      posix_spawn_file_actions_addopen(&actions, 0, streams[0], O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, streams[1], O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 2, streams[2], O_WRONLY, 0)
    }
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], isLeader: Bool,
    _ prepare: (inout posix_spawn_file_actions_t) -> Void
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    prepare(&actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // POSIX_SPAWN_SETSID, so that the terminal opened becomes its own.
    if isLeader { posix_spawnattr_setflags(&attributes, 0x80) }
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    variables.append(nil)
    defer { for text in words + variables { free(text) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, path, &actions, &attributes, words, variables)
    guard result == 0 else {
      throw PseudoTerminal.Failure(description: "cannot run \(path): error \(result)")
    }
    return process
  }
}

/// A user's home of one test, gone with it.
final class Home {
  let path: String
  var variables: [String: String] = [:]

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/drydock-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var environment: [String: String] {
    [
      "HOME": path, "DRYDOCK_HOME": path + "/record", "PATH": "/usr/bin:/bin",
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "DRYDOCK_COURSE": Program.course,
      "SWIFT_BACKTRACE": "enable=no",
    ].merging(variables) { $1 }
  }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}
