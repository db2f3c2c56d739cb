/// The two streams that a command writes, kept in order until there is a moment to hand them on.
final class Output {
  private var pending: [(isError: Bool, text: String)] = []
  private(set) var written = 0

  func print(_ text: String) { add(text, isError: false) }
  func line(_ text: String) { add(text + "\n", isError: false) }
  func complain(_ text: String) { add(text, isError: true) }
  func complainLine(_ text: String) { add(text + "\n", isError: true) }

  private func add(_ text: String, isError: Bool) {
    guard !text.isEmpty else { return }
    if !isError { written += text.utf8.count }
    if let last = pending.indices.last, pending[last].isError == isError {
      pending[last].text += text
    } else {
      pending.append((isError, text))
    }
  }

  func flush(to surroundings: any Surroundings) async throws {
    while !pending.isEmpty {
      let parts = pending
      pending = []
      for part in parts {
        if part.isError {
          try await surroundings.writeError(Array(part.text.utf8))
        } else {
          try await surroundings.write(Array(part.text.utf8))
        }
      }
    }
  }
}
