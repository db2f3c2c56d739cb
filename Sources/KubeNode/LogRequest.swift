import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// A request for a container's log, with PodLogOptions.
struct LogRequest {
  private var follow = false
  private var previous = false
  private var timestamps = false
  private var tail: Int?
  private var limit: Int?
  private var sinceSeconds: Int64?
  private var sinceTime: Moment?

  init(_ query: [(name: String, value: String)]) {
    for (name, value) in query {
      switch name {
      case "follow": follow = Self.isTrue(value)
      case "previous": previous = Self.isTrue(value)
      case "timestamps": timestamps = Self.isTrue(value)
      case "tailLines": tail = Int(value)
      case "limitBytes": limit = Int(value)
      case "sinceSeconds": sinceSeconds = Int64(value)
      case "sinceTime": sinceTime = Moment(rfc3339: value)
      default: break
      }
    }
  }

  private static func isTrue(_ text: String) -> Bool { text == "true" || text == "1" }

  func answer(
    _ container: Container, pod: Value, timeline: Timeline, runtime: any ContainerRuntime
  ) throws(StatusError) -> APIResponse.Body {
    let now = timeline.now
    if previous {
      guard container.restartCount > 0, let log = container.previousPlan?.log else {
        throw .badRequest(
          "previous terminated container \"\(container.name)\" in pod \"\(pod.name)\" not found")
      }
      return .bytes(text(log, now))
    }
    guard let plan = container.plan else {
      // A kubelet that refused a Pod tells of no containers.
      if pod[path: "status", "phase"]?.string == "Failed",
        pod[path: "status", "containerStatuses"] == nil
      {
        throw .badRequest(
          "container \"\(container.name)\" in pod \"\(pod.name)\" is not available")
      }
      var reason = "ContainerCreating"
      if case .waiting(let told, _) = container.state { reason = Self.explained(told) }
      throw .badRequest(
        "container \"\(container.name)\" in pod \"\(pod.name)\" is waiting to start: \(reason)")
    }
    let log = plan.log
    let isFresh = runtime.look(into: plan)
    guard follow, container.isRunning else {
      // A server that was only thought to run takes a moment to say what it said at its start.
      return isFresh
        ? .connect(LogAfterLook(timeline) { text(log, now) }) : .bytes(text(log, now))
    }
    return .connect(LogFollower(log, container: container, first: text(log, now), stamp: line))
  }

  private static func explained(_ reason: String) -> String {
    switch reason {
    case "ErrImagePull": "image can't be pulled"
    case "ImagePullBackOff": "trying and failing to pull image"
    default: reason
    }
  }

  private func text(_ log: ContainerLog, _ now: Moment) -> [UInt8] {
    var lines = log.lines[...]
    var since = sinceTime
    if let sinceSeconds { since = now + -Span.seconds(sinceSeconds) }
    if let since { lines = lines.drop { $0.moment < since } }
    if let tail, tail >= 0 { lines = lines.suffix(tail) }
    var out: [UInt8] = []
    for entry in lines {
      out += line(entry)
      if let limit, out.count >= limit { return Array(out.prefix(max(0, limit))) }
    }
    return out
  }

  private func line(_ entry: ContainerLog.Line) -> [UInt8] {
    var out = timestamps ? Array("\(entry.moment.rfc3339Nano) ".utf8) : []
    out += entry.text
    out.append(0x0A)
    return out
  }
}

/// A log that is read a moment after it was asked for.
final class LogAfterLook: StreamConnection {
  var onReady: (() -> Void)?
  private var bytes: [UInt8]?
  private(set) var isEnded = false
  private var isRead = false

  init(_ timeline: Timeline, _ read: @escaping () -> [UInt8]) {
    timeline.after(.milliseconds(200)) { [weak self] in
      guard let self, !isEnded else { return }
      bytes = read()
      isRead = true
      onReady?()
    }
  }

  func take() -> [(channel: UInt8, bytes: [UInt8])] {
    guard isRead, let bytes else { return [] }
    isEnded = true
    self.bytes = nil
    return bytes.isEmpty ? [] : [(channel: UInt8(1), bytes: bytes)]
  }

  func send(_ bytes: [UInt8], channel: UInt8) {}
  func closeInput(channel: UInt8) {}
  func cancel() { isEnded = true }
}

/// `logs -f`: what was printed, then each new line until the container ends.
final class LogFollower: StreamConnection {
  var onReady: (() -> Void)?
  private let log: ContainerLog
  private let container: Container
  private let life: Int
  private let stamp: (ContainerLog.Line) -> [UInt8]
  private var pending: [UInt8]
  private var seen: Int
  private var number: Int?
  private var isCancelled = false

  init(
    _ log: ContainerLog, container: Container, first: [UInt8],
    stamp: @escaping (ContainerLog.Line) -> [UInt8]
  ) {
    self.log = log
    self.container = container
    self.stamp = stamp
    life = container.life
    pending = first
    seen = log.dropped + log.lines.count
    number = log.follow { [weak self] in self?.onReady?() }
  }

  var isEnded: Bool { isCancelled || container.life != life }

  func take() -> [(channel: UInt8, bytes: [UInt8])] {
    var out = pending
    pending = []
    for line in log.lines.dropFirst(max(0, seen - log.dropped)) { out += stamp(line) }
    seen = log.dropped + log.lines.count
    return out.isEmpty ? [] : [(channel: UInt8(1), bytes: out)]
  }

  func send(_ bytes: [UInt8], channel: UInt8) {}
  func closeInput(channel: UInt8) {}

  func cancel() {
    isCancelled = true
    if let number { log.followers[number] = nil }
  }
}
