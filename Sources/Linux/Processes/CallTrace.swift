import Shell

/// Hears what some processes ask their kernel for, call by call, as a tracer does.
final class CallTrace {
  struct Call {
    var process: Process
    /// `openat`; empty for what is no call: an end.
    var name: String
    var arguments: String
    /// `3`, or `-1 ENOENT (No such file or directory)`.
    var result: String
  }

  /// Whether it goes on with the processes that those start.
  let follows: Bool
  private let hear: (Call) -> Void

  init(follows: Bool, _ hear: @escaping (Call) -> Void) {
    self.follows = follows
    self.hear = hear
  }

  func note(_ process: Process, _ name: String, _ arguments: String, _ result: String) {
    hear(Call(process: process, name: name, arguments: arguments, result: result))
  }

  /// Bytes as a tracer shows them: 32 of them, quoted.
  static func quoted(_ bytes: some Collection<UInt8>) -> String {
    var text = "\""
    for byte in bytes.prefix(32) {
      switch byte {
      case UInt8(ascii: "\n"): text += "\\n"
      case UInt8(ascii: "\t"): text += "\\t"
      case UInt8(ascii: "\r"): text += "\\r"
      case UInt8(ascii: "\""): text += "\\\""
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x20..<0x7F: text += String(UnicodeScalar(byte))
      default: text += "\\" + String(byte, radix: 8)
      }
    }
    return text + "\"" + (bytes.count > 32 ? "..." : "")
  }

  static func failure(_ error: HostError) -> String {
    let name =
      switch error {
      case .notFound: "ENOENT"
      case .permissionDenied, .notExecutable: "EACCES"
      case .isDirectory: "EISDIR"
      case .notDirectory: "ENOTDIR"
      case .exists: "EEXIST"
      case .noSpace: "ENOSPC"
      case .notPermitted: "EPERM"
      case .noSuchProcess: "ESRCH"
      case .readOnly: "EROFS"
      case .notEmpty: "ENOTEMPTY"
      default: "EINVAL"
      }
    return "-1 \(name) (\(error.text))"
  }
}

extension Process {
  package func trace(_ call: String, _ arguments: String, _ result: String) {
    tracer?.note(self, call, arguments, result)
  }

  func trace(write bytes: [UInt8], to descriptor: Int) {
    guard let tracer else { return }
    tracer.note(
      self, "write", "\(descriptor), \(CallTrace.quoted(bytes)), \(bytes.count)", "\(bytes.count)")
  }

  func trace(read bytes: [UInt8], from descriptor: Int) {
    guard let tracer else { return }
    tracer.note(
      self, "read", "\(descriptor), \(CallTrace.quoted(bytes)), 65536", "\(bytes.count)")
  }

  /// A path among the arguments of a call; empty while nobody listens.
  func quoted(_ path: String) -> String {
    tracer == nil ? "" : CallTrace.quoted(path.utf8)
  }

  /// A connect(2) to an address, and what became of it.
  package func trace(connect address: String, port: Int, _ failure: NetworkFailure?) {
    guard let tracer else { return }
    let result =
      switch failure {
      case nil: "0"
      case .refused?: "-1 ECONNREFUSED (Connection refused)"
      case .timedOut?: "-1 ETIMEDOUT (Connection timed out)"
      default: "-1 EHOSTUNREACH (No route to host)"
      }
    tracer.note(
      self, "connect",
      "3, {sa_family=AF_INET, sin_port=htons(\(port)), sin_addr=inet_addr(\"\(address)\")}, 16",
      result)
  }

  /// A child in the process's own program: clone(2).
  func trace(child: Process) {
    guard let tracer else { return }
    tracer.note(
      self, "clone", "child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD",
      "\(child.id)")
    if tracer.follows { child.tracer = tracer }
  }

  /// An openat(2), and what became of it.
  func trace(open path: String, _ mode: OpenMode, _ failure: HostError?) {
    guard let tracer else { return }
    let flags =
      switch mode {
      case .read: "O_RDONLY"
      case .write: "O_WRONLY|O_CREAT|O_TRUNC, 0666"
      case .append: "O_WRONLY|O_CREAT|O_APPEND, 0666"
      case .readWrite: "O_RDWR|O_CREAT, 0666"
      case .createNew: "O_WRONLY|O_CREAT|O_EXCL, 0666"
      }
    tracer.note(
      self, "openat", "AT_FDCWD, \(CallTrace.quoted(path.utf8)), \(flags)",
      failure.map(CallTrace.failure) ?? "3")
  }

  /// A program takes this process: execve(2), and how a dynamic loader begins.
  func trace(start path: String, _ words: [String]) {
    guard let tracer else { return }
    let list = words.map { CallTrace.quoted($0.utf8) }.joined(separator: ", ")
    tracer.note(
      self, "execve",
      "\(CallTrace.quoted(path.utf8)), [\(list)], 0x7ffd1f6e2a30 "
        + "/* \(environment.count) vars */",
      "0")
    guard machine.shellDialect != .ash else { return }
    tracer.note(self, "brk", "NULL", "0x5581f0c4a000")
    tracer.note(
      self, "access", "\"/etc/ld.so.preload\", R_OK", CallTrace.failure(.notFound))
    for library in ["/etc/ld.so.cache", "/lib/x86_64-linux-gnu/libc.so.6"] {
      tracer.note(self, "openat", "AT_FDCWD, \"\(library)\", O_RDONLY|O_CLOEXEC", "3")
      tracer.note(self, "close", "3", "0")
    }
  }

  func trace(end status: ExitStatus) {
    guard let tracer else { return }
    if let signal = killedBy {
      tracer.note(self, "", "killed by SIG\(Signals.name(of: signal) ?? "\(signal)")", "")
    } else {
      tracer.note(self, "exit_group", "\(status)", "?")
      tracer.note(self, "", "exited with \(status)", "")
    }
  }
}
