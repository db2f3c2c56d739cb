import CLibedit
import Glibc

extension LineEditor {
  /// libedit's source of characters: 1 with one, 0 at the end, -1 when reading failed.
  func nextCharacter(_ character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
    while true {
      // A signal at any moment, even between a line's end and its command's start, is noted by the
      // handler; here it becomes the key that drops the line and what was typed ahead.
      if ce_take_interrupt() != 0 { pending = [3] }
      if isGivenUp { pending = [3] }
      if let (scalar, length) = UTF8Reader.first(of: pending) {
        pending.removeFirst(length)
        character?.pointee = wchar_t(bitPattern: scalar)
        return 1
      }
      switch ce_poll_input(idleMilliseconds) {
      case 1:
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(0, &buffer, buffer.count)
        if count == 0 { return 0 }
        if count < 0 {
          if errno == EINTR || errno == EAGAIN { continue }
          return -1
        }
        pending += buffer[..<count]
      case -1:
        if ce_take_resize() != 0 {
          el_resize(editor)
          redraw(above: "")
        }
      default:
        let news = onIdle() ?? ""
        if isGivenUp {
          write(news)
          continue
        }
        // A refresh alone would take the cursor's column for the line's first.
        if !news.isEmpty || isOutdated { redraw(above: news) }
        isOutdated = false
      }
    }
  }

  /// Clears the prompt and the line, writes `text` in their place and draws them again below.
  private func redraw(above text: String) {
    var rows = 0
    if let line = el_line(editor)?.pointee, let start = line.buffer {
      let typed = UnsafeRawBufferPointer(start: start, count: line.cursor - start)
      let columns = max(1, Int(ce_columns()))
      let shown = prompt.width + DisplayWidth.of(String(decoding: typed, as: UTF8.self))
      rows = shown / columns
    }
    let ending = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
    write((rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J" + text + ending)
    _ = ce_refresh(editor)
  }
}

/// Takes characters one by one from bytes that arrive in pieces.
enum UTF8Reader {
  /// The first character and its length; a wrong byte is U+FFFD; nil when more must arrive.
  static func first(of bytes: [UInt8]) -> (scalar: UInt32, length: Int)? {
    guard let lead = bytes.first else { return nil }
    let length: Int
    switch lead {
    case 0..<0x80: return (UInt32(lead), 1)
    case 0xC2..<0xE0: length = 2
    case 0xE0..<0xF0: length = 3
    case 0xF0..<0xF5: length = 4
    default: return (0xFFFD, 1)
    }
    var scalar = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for byte in bytes.prefix(length).dropFirst() {
      guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    guard bytes.count >= length else { return nil }
    return (Unicode.Scalar(scalar) == nil ? 0xFFFD : scalar, length)
  }
}
