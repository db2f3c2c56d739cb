import Shell
import Simulation

/// What curl tells of its progress where it writes a body to what is no terminal, unless it is
/// silent (progress.c).
struct CurlMeter {
  /// Bytes that are expected; nil where the server does not say.
  var expected: Int?
  var received = 0
  var sent = 0
  var elapsed = Span.zero

  static let head =
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    + "                                 Dload  Upload   Total   Spent    Left  Speed\n"

  /// All updates of a transfer: one for each second that passed, and the last one.
  var text: String {
    let whole = Int(clamping: elapsed.seconds)
    // Where nothing comes, the empty meter shows at once.
    let first = received + sent == 0 ? 0 : 1
    let updates = (first..<max(first, min(whole, 300))).map { "\r" + Self().line(seconds: $0) }
    // What the server announced is shown at the end.
    return updates.joined() + "\r" + line(seconds: whole)
  }

  private func line(seconds: Int) -> String {
    let total = Self.sum(expected ?? received, sent)
    func part(_ done: Int, _ all: Int) -> Int {
      all > 0 ? Int(clamping: Int64(Double(done) * 100 / Double(all))) : 0
    }
    let speed = Self.speed(received, elapsed)
    let fields = [
      (3, "\(part(Self.sum(received, sent), total))"), (6, Self.amount(total)),
      (5, "\(part(received, expected ?? 0))"), (6, Self.amount(received)),
      (5, "\(sent > 0 ? 100 : 0)"), (6, Self.amount(sent)), (7, Self.amount(speed)),
      (7, Self.amount(Self.speed(sent, elapsed))), (9, "--:--:--"),
      (9, seconds == 0 ? "--:--:--" : Self.clock(seconds)), (9, "--:--:--"),
      (6, Self.amount(speed)),
    ]
    return fields.map { width, text in
      String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }.joined()
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Bytes a second; less than a millisecond counts as one.
  private static func speed(_ bytes: Int, _ elapsed: Span) -> Int {
    let milliseconds = max(1, Double(elapsed.nanoseconds) / 1e6)
    return Int(min(Double(bytes) * 1000 / milliseconds, 1e15))
  }

  private static func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  /// Five characters at most (max5data).
  private static func amount(_ bytes: Int) -> String {
    switch bytes {
    case ..<100_000: "\(bytes)"
    case ..<(10_000 << 10): "\(bytes >> 10)k"
    case ..<(100 << 20): "\(bytes >> 20).\((bytes & ((1 << 20) - 1)) / ((1 << 20) / 10))M"
    case ..<(10_000 << 20): "\(bytes >> 20)M"
    default: "\(bytes >> 30)G"
    }
  }
}

extension CurlTransfer {
  /// Where the body goes to no terminal, and nobody wants it quiet.
  func showProgress(_ meter: CurlMeter, isWhole: Bool = true) async throws {
    let quiet = ["s", "no-progress-meter", "#"]
    guard !quiet.contains(where: { options.has($0) }),
      writesToFile || !process.standardOutput.isTerminal
    else { return }
    try await process.writeError(CurlMeter.head + meter.text + (isWhole ? "\n" : ""))
  }

  private var writesToFile: Bool {
    options.has("O") || options.values("o").contains { $0 != "-" }
  }
}
