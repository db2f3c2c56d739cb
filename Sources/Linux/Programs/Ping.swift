import Shell
import Simulation

/// Sends echo requests.
struct Ping: Program {
  let name = "ping"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "c= W= w= i= s= q 4 6 n I= t= v a A b f", status: 2)
    guard let target = options.operands.first else {
      if process.isBusyBox { throw UsageError("no destination") }
      try await process.writeError("ping: usage error: Destination address required\n")
      return 1
    }
    let machine = process.machine
    let address: String
    do { address = try Resolver(machine).lookUp(target).addresses.first ?? target } catch {
      let isBusyBox = machine.isBusyBox("ping")
      try await process.writeError(
        isBusyBox
          ? "ping: bad address '\(target)'\n"
          : "ping: \(target): Name or service not known\n")
      return isBusyBox ? 1 : 2
    }
    let interval = options["i"].flatMap { Span(interval: $0) } ?? .seconds(1)
    let timeout = options["W"].flatMap { Span(interval: $0) } ?? .seconds(10)
    let size = options["s"].flatMap { Int($0) } ?? 56
    let started = machine.timeline.now
    let deadline = options["w"].flatMap { Span(interval: $0) }.map { started + $0 }
    let most = options["c"].flatMap { Int($0) } ?? (deadline == nil ? 1_000_000 : .max)
    process.handle([Signal.interrupt])
    let isBusyBox = machine.isBusyBox("ping")
    try await process.write(
      isBusyBox
        ? "PING \(target) (\(address)): \(size) data bytes\n"
        : "PING \(target) (\(address)) \(size)(\(size + 28)) bytes of data.\n")
    var sent = 0
    var times: [Double] = []
    var last = started
    while sent < most, process.pendingSignals.isEmpty {
      sent += 1
      last = machine.timeline.now
      do {
        guard let network = machine.network else { throw NetworkFailure.unreachable }
        // The next packet does not wait for an answer to this one; only the last is waited for.
        let patience = sent < most ? min(timeout, interval) : timeout
        let trip = try await network.echo(from: machine, to: address, timeout: patience)
        let milliseconds = Double(trip.nanoseconds) / 1e6
        times.append(milliseconds)
        if !options.has("q") {
          try await process.write(
            "\(size + 8) bytes from \(address): "
              + (isBusyBox ? "seq=\(sent - 1) ttl=64 " : "icmp_seq=\(sent) ttl=64 ")
              + "time=\(DecimalText.fixed(milliseconds, 3)) ms\n")
        }
      } catch let failure as NetworkFailure {
        if failure == .unreachable {
          try await process.writeError(
            isBusyBox
              ? "ping: sendto: Network is unreachable\n" : "ping: connect: Network is unreachable\n"
          )
          return isBusyBox ? 1 : 2
        }
      }
      if let deadline, machine.timeline.now >= deadline { break }
      let due = last + interval
      if due > machine.timeline.now, sent < most {
        try await process.sleep(due - machine.timeline.now)
      }
    }
    // From the first packet to the last.
    let elapsed = (last - started).nanoseconds / 1_000_000
    let loss = sent == 0 ? 0 : (sent - times.count) * 100 / sent
    var text =
      "\n--- \(target) ping statistics ---\n\(sent) packets transmitted, \(times.count) "
      + (isBusyBox
        ? "packets received, \(loss)% packet loss\n"
        : "received, \(loss)% packet loss, time \(elapsed)ms\n")
    if !times.isEmpty {
      let mean = times.reduce(0, +) / Double(times.count)
      let spread = (times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(times.count))
        .squareRoot()
      let shown = [times.min() ?? 0, mean, times.max() ?? 0, spread].map {
        DecimalText.fixed($0, 3)
      }
      text +=
        isBusyBox
        ? "round-trip min/avg/max = \(shown.prefix(3).joined(separator: "/")) ms\n"
        : "rtt min/avg/max/mdev = \(shown.joined(separator: "/")) ms\n"
    }
    try await process.write(text)
    return times.isEmpty ? 1 : 0
  }
}
