import Linux
import Shell
import Simulation

/// What a kubectl process sees of its machine: files, environment, standard streams, time.
protocol Surroundings: AnyObject {
  var machine: Machine? { get }
  var environment: [String: String] { get }
  var directory: String { get }
  var now: Moment { get }
  func write(_ bytes: [UInt8]) async throws
  func writeError(_ bytes: [UInt8]) async throws
  /// Up to the end.
  func readInput() async throws -> [UInt8]
  /// At most `count` bytes; empty at the end.
  func readInput(upTo count: Int) async throws -> [UInt8]
  /// Reads standard input beside what else happens and hands on what comes, nothing at its end; the
  /// answer stops it. `beyondEnd` goes on after a Ctrl-D.
  func pumpInput(beyondEnd: Bool, _ take: @escaping ([UInt8]) -> Void) -> () -> Void
  /// Takes the terminal's signals (Ctrl-C, a new size) from here on; nil gives them back.
  func takeSignals(_ take: ((Int32) -> Void)?)
  /// Keys go to another terminal from here on, whose processes read them; nil: no more.
  func follow(_ terminal: (any ControllingTerminal)?)
  /// Nil without a terminal.
  var terminalSize: (columns: Int, rows: Int)? { get }
  var inputIsTerminal: Bool { get }
  var outputIsTerminal: Bool { get }
  /// Throws `HostError`.
  func readFile(_ path: String) async throws -> [UInt8]
  func writeFile(_ path: String, _ bytes: [UInt8]) throws(HostError)
  func makeDirectory(_ path: String) throws(HostError)
  func removeFile(_ path: String) throws(HostError)
  func removeDirectory(_ path: String) throws(HostError)
  func status(_ path: String) -> FileStatus?
  /// As above, of a link itself.
  func linkStatus(_ path: String) -> FileStatus?
  func names(in path: String) throws(HostError) -> [String]
  func sleep(_ span: Span) async throws
  /// Wakes `pause`; once before it is not lost.
  func wake()
  /// Waits for `wake`; throws when the process is to end.
  func pause() async throws
  /// Does something later; the answer takes it back.
  func after(_ span: Span, _ action: @escaping () -> Void) -> () -> Void
  /// Runs a program for what it prints, which is at most a megabyte; its errors are shown, and its
  /// input is the process's own or nothing. Throws `HostError` when it cannot be started.
  func capture(
    _ words: [String], environment: [String: String], givesInput: Bool
  ) async throws -> (status: ExitStatus, output: [UInt8])
  /// Runs a program with the process's own streams and waits for it.
  func run(_ program: String, _ arguments: [String]) async throws -> ExitStatus
}

extension Surroundings {
  var home: String { environment["HOME"] ?? "/root" }

  /// A path made absolute.
  func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return directory.hasSuffix("/") ? directory + path : directory + "/" + path
  }
}
