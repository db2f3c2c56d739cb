/// What programs wrote behind the last newline: where a prompt of theirs stands.
package struct UnfinishedLine: Hashable, Sendable {
  /// More than this is no prompt.
  private static let limit = 4096
  private var bytes: [UInt8] = []

  package init() {}

  package mutating func take(_ written: [UInt8]) {
    if let newline = written.lastIndex(of: 0x0A) {
      bytes = Array(written[(newline + 1)...])
    } else {
      bytes += written
    }
    if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  /// It as the prompt of an editor, which draws it anew in its place.
  package var prompt: Prompt {
    // A code has no width: \u{1} stands at both its ends.
    var marked = ""
    var isCode = false
    var isTitle = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\u{1}" { continue }
      if scalar == "\u{1B}", !isCode {
        marked += "\u{1}"
        isCode = true
      }
      marked.unicodeScalars.append(scalar)
      guard isCode else { continue }
      if scalar == "]" { isTitle = true }
      let isEnd = isTitle ? scalar == "\u{7}" : ("@"..."~").contains(scalar) && scalar != "["
      guard isEnd else { continue }
      marked += "\u{1}"
      isCode = false
      isTitle = false
    }
    return Prompt(marked: marked, .colour)
  }
}
