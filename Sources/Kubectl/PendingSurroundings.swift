import Linux
import Shell
import Simulation

final class PendingSurroundings: Surroundings {
  var machine: Machine? { nil }
  var environment: [String: String] { [:] }
  var directory: String { "/" }
  var now: Moment { Moment(seconds: 0) }
  var inputIsTerminal: Bool { false }
  var outputIsTerminal: Bool { false }
  func write(_ bytes: [UInt8]) async throws {}
  func writeError(_ bytes: [UInt8]) async throws {}
  func readInput() async throws -> [UInt8] { [] }
  func readInput(upTo count: Int) async throws -> [UInt8] { [] }
  func readFile(_ path: String) async throws -> [UInt8] { [] }
  func writeFile(_ path: String, _ bytes: [UInt8]) throws(HostError) {}
  func makeDirectory(_ path: String) throws(HostError) {}
  func removeFile(_ path: String) throws(HostError) {}
  func status(_ path: String) -> FileStatus? { nil }
  func names(in path: String) throws(HostError) -> [String] { [] }
  func sleep(_ span: Span) async throws {}
  func wake() {}
  func pause() async throws {}
  func after(_ span: Span, _ action: @escaping () -> Void) -> () -> Void { {} }
  func run(_ program: String, _ arguments: [String]) async throws -> ExitStatus { 0 }
}
