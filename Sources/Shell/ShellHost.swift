/// What a shell needs of the machine that it runs on. The shell itself touches nothing else.
///
/// One host serves one shell process: it knows that process's user, pid and file mask. Paths are
/// as the script wrote them; `directory` is the shell's working directory, absolute.
package protocol ShellHost: AnyObject {
  /// Opens or creates a file. The caller owns one reference (`release`).
  func open(_ path: String, _ mode: OpenMode, in directory: String) throws(HostError)
    -> any OpenFile
  /// Connects to a port, as bash's own paths `/dev/tcp/HOST/PORT` and `/dev/udp/…` ask; throws
  /// `ConnectionRefusal`.
  func connect(to host: String, port: String, isDatagram: Bool) async throws -> any OpenFile
  /// A new pipe, with one reference to each end.
  func pipe() -> (read: any OpenFile, write: any OpenFile)
  /// What is at `path`, or nil when nothing is.
  func status(_ path: String, in directory: String, followingLinks: Bool) -> FileStatus?
  /// The names in a directory, sorted by bytes, without `.` and `..`.
  func names(in path: String, of directory: String) throws(HostError) -> [String]
  /// `directory` joined with `path` and made plain, links resolved when `physically`; for `cd`.
  func canonical(_ path: String, in directory: String, physically: Bool) throws(HostError)
    -> String
  func may(_ access: Access, _ path: String, in directory: String) -> Bool

  /// Runs a program to its end in the calling coroutine, as a child of the shell. `command.path` is
  /// a path with a slash or a bare name to be looked up along PATH of `command.environment`.
  /// Throws `.notFound` (exit status 127) or `.notExecutable` (126) when there is none.
  func run(_ command: Command) async throws -> ExitStatus
  /// As `run`, but in the shell's own process, which the program takes over (`exec`).
  func replace(_ command: Command) async throws -> ExitStatus
  /// Whether a bare name or path can be run, as the absolute path found; for `command -v`, `type`.
  func locate(_ program: String, path: String, in directory: String) -> String?
  /// Starts `body` as a concurrent child process (a pipeline's part, `&`, `<( )`). The body is given
  /// the child's own host: its pid, its pending signals, its `step`. Descriptors are the body's own
  /// affair: it holds its references before `spawn` and releases them at its end.
  func spawn(_ title: String, _ body: @escaping (any ShellHost) async -> ExitStatus)
    -> any ShellChild

  /// Called at every simple command and loop turn: counts steps, lets other processes run, and
  /// throws when the process is to end (a signal, Ctrl-C, an exhausted budget).
  func step() async throws
  /// Counts steps that take no time to speak of; throws when there are too many.
  func charge(_ steps: Int) throws
  func sleep(nanoseconds: Int64) async throws
  /// Nanoseconds since the epoch, virtual.
  var now: Int64 { get }
  /// Chance for $RANDOM.
  func random() -> UInt32

  var processID: Int { get }
  var parentID: Int { get }
  var userID: Int { get }
  var userName: String { get }
  var hostName: String { get }
  /// The home directory of a named user, for `~name`.
  func home(of user: String) -> String?
  /// Sends a signal, for the `kill` builtin; false when there is no such process.
  func signal(_ number: Int32, process: Int) throws(HostError)
  /// Signals that arrived since the last call and that the script may trap; drained by `step`'s caller.
  func takePendingSignals() -> [Int32]
  /// Which signals the script traps, so that the host delivers instead of ending the process.
  func setTrapped(_ signals: Set<Int32>)
  var fileMask: Int { get set }
  /// How many bytes one `$( )` may hold before it ends with `HostError.budget`.
  var captureLimit: Int { get }
}

extension ShellHost {
  package func replace(_ command: Command) async throws -> ExitStatus { try await run(command) }
  package var captureLimit: Int { 16 << 20 }
}

/// One open file description, shared by every descriptor that refers to it.
package protocol OpenFile: AnyObject {
  /// At most `count` bytes, waiting for the first; empty at the end of the file.
  func read(upTo count: Int) async throws -> [UInt8]
  /// Like `read(upTo:)`, but takes nothing after the first `delimiter`: what `read` needs so that
  /// the next program finds the following line. The default reads byte by byte.
  func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8]
  /// Waits until a read would not wait, or for at most so long; false when the time ran out.
  func waitReadable(nanoseconds: Int64) async throws -> Bool
  /// Writes all bytes, waiting for room; throws `HostError.brokenPipe` when nobody can read them.
  func write(_ bytes: [UInt8]) async throws
  var isTerminal: Bool { get }
  /// Whether a terminal shows what is typed.
  var echoes: Bool { get set }
  /// One more descriptor refers to it.
  func retain()
  /// One fewer; the last one closes it.
  func release()
}

extension OpenFile {
  package func read(through delimiter: UInt8, upTo count: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let next = try await read(upTo: 1)
      guard let byte = next.first else { break }
      bytes.append(byte)
      if byte == delimiter { break }
    }
    return bytes
  }

  package func waitReadable(nanoseconds: Int64) async throws -> Bool { true }
  package var echoes: Bool {
    get { true }
    set {}
  }
}

extension ShellHost {
  package func connect(
    to host: String, port: String, isDatagram: Bool
  ) async throws -> any OpenFile {
    throw ConnectionRefusal(
      text: "connect: Network is unreachable", reason: "Network is unreachable")
  }
}

package enum OpenMode: Sendable { case read, write, append, readWrite, createNew }
package enum Access: Sendable { case read, write, execute }

package struct FileStatus: Hashable, Sendable {
  package enum Kind: Sendable { case file, directory, link, pipe, characterDevice, socket }
  package var kind: Kind
  package var size: Int
  /// Permission bits.
  package var mode: Int
  package var owner: Int
  package var group: Int
  /// Nanoseconds since the epoch.
  package var modified: Int64
  /// Equal for two names of one file.
  package var identity: UInt64

  package init(
    kind: Kind, size: Int, mode: Int, owner: Int, group: Int, modified: Int64, identity: UInt64
  ) {
    self.kind = kind
    self.size = size
    self.mode = mode
    self.owner = owner
    self.group = group
    self.modified = modified
    self.identity = identity
  }
}

/// A program to run, with the descriptors that it inherits (0, 1, 2 and any others), lent for the
/// duration of the call: who keeps one longer retains it.
package struct Command {
  package var path: String
  /// Without the program's own name.
  package var arguments: [String]
  /// The exported variables, NAME=value.
  package var environment: [String: String]
  package var directory: String
  package var files: [Int: any OpenFile]

  package init(
    path: String, arguments: [String], environment: [String: String], directory: String,
    files: [Int: any OpenFile]
  ) {
    self.path = path
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.files = files
  }
}

/// How a process ended: 0…255 by itself; 128 + N when signal N ended it.
package typealias ExitStatus = Int32

package protocol ShellChild: AnyObject {
  var processID: Int { get }
  /// nil while it runs.
  var status: ExitStatus? { get }
  func wait() async throws -> ExitStatus
  func signal(_ number: Int32)
}

/// Why the machine refused; the text is strerror's.
package enum HostError: Error, Hashable, Sendable {
  case notFound, permissionDenied, isDirectory, notDirectory, exists, brokenPipe, noSpace
  case notExecutable, tooManyLinks, nameTooLong, notEmpty, noSuchProcess, readOnly, badDescriptor
  case notPermitted, invalidArgument, crossDevice, busy, interrupted, tooManyProcesses
  /// A budget (steps, memory, output) ran out; the text says which and how much.
  case budget(String)

  package var text: String {
    switch self {
    case .notFound: "No such file or directory"
    case .permissionDenied, .notExecutable: "Permission denied"
    case .isDirectory: "Is a directory"
    case .notDirectory: "Not a directory"
    case .exists: "File exists"
    case .brokenPipe: "Broken pipe"
    case .noSpace: "No space left on device"
    case .tooManyLinks: "Too many levels of symbolic links"
    case .nameTooLong: "File name too long"
    case .notEmpty: "Directory not empty"
    case .noSuchProcess: "No such process"
    case .readOnly: "Read-only file system"
    case .badDescriptor: "Bad file descriptor"
    case .notPermitted: "Operation not permitted"
    case .invalidArgument: "Invalid argument"
    case .crossDevice: "Invalid cross-device link"
    case .busy: "Device or resource busy"
    case .interrupted: "Interrupted system call"
    case .tooManyProcesses: "Resource temporarily unavailable"
    case .budget(let what): what
    }
  }
}

/// Why a shell's own connection was not made: what the system call said, and what became of the
/// path for it.
package struct ConnectionRefusal: Error {
  package var text: String
  package var reason: String

  package init(text: String, reason: String) {
    self.text = text
    self.reason = reason
  }
}

/// Thrown out of a coroutine whose process is ended by a signal.
package struct Killed: Error, Hashable, Sendable {
  package var signal: Int32
  package init(signal: Int32) { self.signal = signal }
}
