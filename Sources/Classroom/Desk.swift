import Linux
import Shell
import Simulation

/// Where programs of the workstation leave what only the classroom can answer: drydock's own words
/// and files to be edited by a person. They wait; the session answers between two steps of time.
final class Desk: Editor {
  enum Request {
    case word(String, [String])
    case edit(path: String, contents: [UInt8])
  }

  enum Answer {
    case words(status: ExitStatus, output: [UInt8])
    /// nil when the person left without saving.
    case edited([UInt8]?)
  }

  final class Call {
    let request: Request
    fileprivate var answer: Answer?
    fileprivate let waiter = Waiter()

    fileprivate init(_ request: Request) { self.request = request }
  }

  /// Unanswered, oldest first.
  private(set) var calls: [Call] = []

  func ask(_ request: Request) async throws -> Answer {
    let call = Call(request)
    calls.append(call)
    defer { calls.removeAll { $0 === call } }
    while call.answer == nil { try await call.waiter.wait() }
    guard let answer = call.answer else { throw Interrupted() }
    return answer
  }

  func resolve(_ call: Call, _ answer: Answer) {
    calls.removeAll { $0 === call }
    call.answer = answer
    call.waiter.wake()
  }

  func edit(_ path: String, _ contents: [UInt8]) async throws -> [UInt8]? {
    guard case .edited(let text) = try await ask(.edit(path: path, contents: contents)) else {
      return nil
    }
    return text
  }
}
