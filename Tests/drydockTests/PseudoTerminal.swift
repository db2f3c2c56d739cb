import Foundation
import Glibc

/// The real program at a terminal of its own, as a person would have it.
final class PseudoTerminal {
  private let master: Int32
  private let process: pid_t
  private(set) var screen = ""
  /// Everything that came, with the terminal's codes.
  private(set) var raw = ""
  private var isOver = false

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(
    _ arguments: [String] = [], home: Home, columns: UInt16 = 100,
    environment extra: [String: String] = [:]
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var number: CInt = 0
    var lock: CInt = 0
    // TIOCGPTN and TIOCSPTLCK, which Swift's Glibc does not have.
    guard master >= 0, ioctl(master, 0x8004_5430, &number) == 0,
      ioctl(master, 0x4004_5431, &lock) == 0
    else { throw Failure(description: "no pseudo-terminal: \(errno)") }
    var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    let slave = "/dev/pts/\(number)"
    let environment = home.environment.merging(extra) { $1 }
    process = try Program.spawn(
      arguments, environment: environment, opening: slave, into: [0, 1, 2], inSession: true)
  }

  deinit {
    kill()
    close(master)
  }

  func type(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  func enter(_ line: String) { type(line + "\r") }

  func resize(columns: UInt16) {
    var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Reads until `text` shows after what was read before; returns what came.
  @discardableResult
  func wait(for text: String, seconds: Double = 60) throws -> String {
    let deadline = Date().addingTimeInterval(seconds)
    var seen = ""
    while true {
      if let found = screen.range(of: text) {
        seen = String(screen[..<found.upperBound])
        screen.removeSubrange(..<found.upperBound)
        return seen
      }
      guard !isOver else {
        throw Failure(description: "it ended before \"\(text)\":\n\(screen)")
      }
      let left = deadline.timeIntervalSinceNow
      guard left > 0 else { throw Failure(description: "no \"\(text)\" in:\n\(screen)") }
      read(milliseconds: Int32(left * 1000))
    }
  }

  /// Reads until nothing comes for a moment.
  func settle() -> String {
    while read(milliseconds: 300) {}
    defer { screen = "" }
    return screen
  }

  @discardableResult
  private func read(milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(master, &buffer, buffer.count)
    guard count > 0 else {
      isOver = true
      return false
    }
    raw += String(decoding: buffer[..<count], as: UTF8.self)
    pending += buffer[..<count]
    screen += Self.visible(takeWhole())
    return true
  }

  private var pending: [UInt8] = []

  /// Bytes up to the last that begins no unfinished code or character.
  private func takeWhole() -> String {
    var end = pending.count
    if let escape = pending.lastIndex(of: 0x1B),
      !pending[(escape + 1)...].contains(where: { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A })
    {
      end = escape
    }
    while end > 0, end > pending.count - 4, pending[end - 1] >= 0x80 {
      if String(validating: pending[..<end], as: UTF8.self) != nil { break }
      end -= 1
    }
    defer { pending.removeFirst(end) }
    return String(decoding: pending[..<end], as: UTF8.self)
  }

  /// Without the terminal's codes.
  static func visible(_ text: String) -> String {
    let plain = text.replacing(
      /\u{1B}\[[0-9;?]*[A-Za-z]|\u{1B}[()][A-Z0-9]|\u{7}/, with: "")
    // A return and a newline are one Character.
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: plain.unicodeScalars.lazy.filter { $0 != "\r" })
    return String(scalars)
  }

  func kill() {
    guard !isReaped else { return }
    Glibc.kill(process, SIGKILL)
    _ = status()
  }

  private var isReaped = false
  private var ended: Int32 = 0

  /// Waits for the end; the exit status, or minus the signal.
  func status() -> Int32 {
    if !isReaped {
      var raw: Int32 = 0
      // What it still says must be read, or it may never end.
      while waitpid(process, &raw, WNOHANG) == 0 { read(milliseconds: 20) }
      isReaped = true
      ended = Program.exitStatus(raw)
    }
    return ended
  }
}
