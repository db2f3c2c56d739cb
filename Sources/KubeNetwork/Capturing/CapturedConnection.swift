import Linux
import Simulation

/// A TCP connection as its segments tell of it: handshake, data, acknowledgements and the end.
final class CapturedConnection {
  private let route: PacketRoute
  private let transport: Transport
  /// Bytes that each side has sent, the client first.
  private var sent = [1, 1]
  private var hasEnded = [false, false]
  private var isOver = false
  private var isSecured = false

  init(_ route: PacketRoute, _ transport: Transport) {
    self.route = route
    self.transport = transport
  }

  private func show(_ flags: String, from side: Int, _ data: [UInt8] = []) {
    route.show(
      .segment(
        flags: flags, sequence: sent[side], acknowledged: sent[1 - side], data: data),
      backwards: side == 1)
  }

  func begin(_ near: StreamEnd, _ far: StreamEnd) {
    near.observer = { self.hear($0, fromClient: true) }
    far.observer = { self.hear($0, fromClient: false) }
    guard transport == .tcp else { return }
    show("S", from: 0)
    show("S.", from: 1)
    show(".", from: 0)
  }

  /// Nobody listens there.
  func refuse() {
    guard transport == .tcp else { return }
    show("S", from: 0)
    show("R.", from: 1)
  }

  /// Rules turn it away.
  func reject(_ packet: Packet) {
    if transport == .tcp { show("S", from: 0) }
    route.show(
      .unreachable(
        port: PacketEnd(address: packet.address, port: packet.port), transport: transport),
      backwards: true)
  }

  /// Sent again and again, as long as nobody answers: tcp_syn_retries.
  func knock(_ timeline: Timeline, _ number: Int = 0) {
    guard transport == .tcp, !isOver, number < 7 else { return }
    show("S", from: 0)
    timeline.after(.seconds(1 << Int64(number))) { [weak self] in
      self?.knock(timeline, number + 1)
    }
  }

  func giveUp() { isOver = true }

  func hear(_ event: StreamEnd.Event, fromClient: Bool) {
    let side = fromClient ? 0 : 1
    switch event {
    case .wrote(let bytes):
      guard transport == .tcp else {
        return route.show(.datagram(bytes), backwards: side == 1)
      }
      // A record of TLS: its header, and what only the two can read.
      let data = isSecured ? [23, 3, 3] + [UInt8](repeating: 0, count: bytes.count + 19) : bytes
      show("P.", from: side, data)
      sent[side] += data.count
      show(".", from: 1 - side)
    case .agreed:
      // ClientHello, the server's part with its certificate, and the client's Finished.
      for (side, length) in [(0, 517), (1, 1289), (0, 80)] {
        hear(
          .wrote([22, 3, 1] + [UInt8](repeating: 0, count: length - 3)), fromClient: side == 0)
      }
      isSecured = true
    case .closed:
      guard transport == .tcp, !isOver, !hasEnded[side] else { return }
      hasEnded[side] = true
      show("F.", from: side)
      sent[side] += 1
      if hasEnded[1 - side] {
        show(".", from: 1 - side)
        isOver = true
      }
    case .reset:
      guard transport == .tcp, !isOver else { return }
      isOver = true
      show("R.", from: side)
    }
  }
}
