import Linux
import Shell
import Simulation

/// A process of a simulated machine as what surrounds one run of kubectl.
final class ProcessSurroundings: Surroundings {
  private let process: Process

  init(_ process: Process) { self.process = process }

  var machine: Machine? { process.machine }
  var environment: [String: String] { process.environment }
  var directory: String { process.directory }
  var now: Moment { process.machine.timeline.now }
  var inputIsTerminal: Bool { process.standardInput.isTerminal }
  var outputIsTerminal: Bool { process.standardOutput.isTerminal }

  func write(_ bytes: [UInt8]) async throws { try await process.write(bytes) }
  func writeError(_ bytes: [UInt8]) async throws { try await process.standardError.write(bytes) }
  func readInput() async throws -> [UInt8] { try await process.readAll() }
  func readInput(upTo count: Int) async throws -> [UInt8] {
    try await process.standardInput.read(upTo: count)
  }
  func pumpInput(beyondEnd: Bool, _ take: @escaping ([UInt8]) -> Void) -> () -> Void {
    let input = process.standardInput
    let child = ProcessHost(process).spawn("kubectl") { _ in
      while let bytes = try? await input.read(upTo: 65_536) {
        take(bytes)
        if bytes.isEmpty, !beyondEnd { break }
      }
      return 0
    }
    return { child.signal(15) }
  }
  func takeSignals(_ take: ((Int32) -> Void)?) { terminal?.onSignal = take }
  func follow(_ farEnd: (any ControllingTerminal)?) { terminal?.farEnd = farEnd }
  var terminalSize: (columns: Int, rows: Int)? { terminal?.size }
  private var terminal: (any ControllingTerminal)? {
    process.standardInput as? any ControllingTerminal
  }
  func readFile(_ path: String) async throws -> [UInt8] { try await process.contents(of: path) }
  func writeFile(_ path: String, _ bytes: [UInt8]) throws(HostError) {
    try process.replace(path, with: bytes)
  }
  func makeDirectory(_ path: String) throws(HostError) { try process.makeDirectory(path) }
  func removeFile(_ path: String) throws(HostError) { try process.remove(path) }
  func removeDirectory(_ path: String) throws(HostError) {
    try process.remove(path, isDirectory: true)
  }
  func status(_ path: String) -> FileStatus? { process.status(path) }
  func linkStatus(_ path: String) -> FileStatus? {
    process.status(path, followingLinks: false)
  }
  func names(in path: String) throws(HostError) -> [String] { try process.names(in: path) }

  func sleep(_ span: Span) async throws { try await process.sleep(span) }
  func wake() { process.waiter.wake() }
  func pause() async throws { try await process.wait() }
  func after(_ span: Span, _ action: @escaping () -> Void) -> () -> Void {
    let timeline = process.machine.timeline
    let timer = timeline.after(span, action)
    return { timeline.cancel(timer) }
  }

  func capture(
    _ words: [String], environment: [String: String], givesInput: Bool
  ) async throws -> (status: ExitStatus, output: [UInt8]) {
    let output = MemoryFile(limit: 1 << 20)
    var files: [Int: any OpenFile] = [
      0: MemoryFile(), 1: output, 2: process.standardError,
    ]
    if givesInput { files[0] = process.standardInput }
    let status = try await ProcessHost(process).run(
      Command(
        path: words.first ?? "", arguments: Array(words.dropFirst()), environment: environment,
        directory: process.directory, files: files))
    return (status, output.bytes)
  }

  func run(_ program: String, _ arguments: [String]) async throws -> ExitStatus {
    try await ProcessHost(process).run(
      Command(
        path: program, arguments: arguments, environment: process.environment,
        directory: process.directory, files: process.files))
  }
}
