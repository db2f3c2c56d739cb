import Shell
import Simulation

/// A character device of /dev.
package enum Device: Hashable, Sendable {
  case null, zero, full, terminal, random
  /// The standard streams of whoever opens it: /dev/stdin, /dev/stdout, /dev/stderr.
  case stream(Int)
  /// An open descriptor of some process, as /proc/1/fd/1 names it.
  case descriptor(process: Int, Int)

  func open(_ timeline: Timeline) -> any OpenFile {
    switch self {
    case .stream(let number):
      if let file = Process.current?.files[number] {
        file.retain()
        return file
      }
      return DeviceOpening(.null, random: SeededRandom(seed: 0))
    case .descriptor(let id, let number):
      if let file = Process.current?.machine.table.processes[id]?.files[number] {
        file.retain()
        return file
      }
      return DeviceOpening(.null, random: SeededRandom(seed: 0))
    case .terminal:
      for number in [0, 1, 2] {
        if let file = Process.current?.files[number], file.isTerminal {
          file.retain()
          return file
        }
      }
      return DeviceOpening(.null, random: SeededRandom(seed: 0))
    case .random:
      let bits = Process.current?.machine.randomBits()
      let seed = bits ?? UInt64(bitPattern: timeline.now.nanoseconds)
      return DeviceOpening(self, random: SeededRandom(seed: seed))
    default: return DeviceOpening(self, random: SeededRandom(seed: 0))
    }
  }

  /// Major and minor numbers.
  package var numbers: (Int, Int) {
    switch self {
    case .null: (1, 3)
    case .zero: (1, 5)
    case .full: (1, 7)
    case .random: (1, 9)
    case .terminal: (5, 0)
    case .stream, .descriptor: (136, 0)
    }
  }
}

/// An opened character device.
final class DeviceOpening: OpenFile {
  let device: Device
  private var random: SeededRandom

  init(_ device: Device, random: SeededRandom) {
    self.device = device
    self.random = random
  }

  var isTerminal: Bool { false }

  func read(upTo count: Int) async throws -> [UInt8] {
    try await Process.current?.step(1 + count / 64)
    switch device {
    case .zero, .full: return [UInt8](repeating: 0, count: max(0, min(count, 1 << 20)))
    case .random:
      var bytes: [UInt8] = []
      while bytes.count < min(count, 1 << 20) {
        withUnsafeBytes(of: random.next()) { bytes += $0 }
      }
      return Array(bytes.prefix(count))
    default: return []
    }
  }

  func write(_ bytes: [UInt8]) async throws {
    try await Process.current?.step(1 + bytes.count / 1024)
    if device == .full { throw HostError.noSpace }
  }

  func retain() {}
  func release() {}
}
