package import KubeAPIServer
import Linux
import Shell
import Simulation

/// A connection to a port on a Pod's own loopback: channel 0 leads there, 1 comes back, 2 tells
/// what went wrong. Nothing else is said at its end.
final class ForwardedPort: StreamConnection {
  var onReady: (() -> Void)?
  private(set) var isEnded = false
  private var queue: [(channel: UInt8, bytes: [UInt8])] = []
  private let input = ConsoleInput()
  private var wire: (any Connection)?

  /// Without a port the conversation only shows that the way is open.
  init(to port: Int?, in machine: Machine, pod: String) {
    guard let port else { return }
    machine.timeline.fibers.start { [self] in
      do {
        guard let network = machine.network else { throw NetworkFailure.refused }
        let wire = try await network.connect(
          from: machine, to: "127.0.0.1", port: port, transport: .tcp, timeout: nil)
        self.wire = wire
        if isEnded { return wire.close() }
        machine.timeline.fibers.start { [self] in await pump(into: wire) }
        while true {
          let bytes = try await wire.read(upTo: 65_536)
          if bytes.isEmpty || isEnded { break }
          put(bytes, channel: 1)
        }
      } catch {
        put(Array(Self.refusal(port, pod).utf8), channel: 2)
      }
      finish()
    }
  }

  private static func refusal(_ port: Int, _ pod: String) -> String {
    let here = "127.0.0.1:\(port)"
    return "error forwarding port \(port) to pod \(pod), uid : failed to connect to "
      + "localhost:\(port) inside namespace of the pod, IPv4: dial tcp4 \(here): connect: "
      + "connection refused IPv6: dial tcp6 [::1]:\(port): connect: connection refused"
  }

  private func pump(into wire: any Connection) async {
    while let bytes = try? await input.read(upTo: 65_536), !bytes.isEmpty {
      do { try await wire.write(bytes) } catch { return }
    }
    wire.finishWriting()
  }

  private func put(_ bytes: [UInt8], channel: UInt8) {
    guard !isEnded else { return }
    queue.append((channel, bytes))
    onReady?()
  }

  private func finish() {
    wire?.close()
    guard !isEnded else { return }
    isEnded = true
    onReady?()
  }

  func take() -> [(channel: UInt8, bytes: [UInt8])] {
    defer { queue = [] }
    return queue
  }

  func send(_ bytes: [UInt8], channel: UInt8) { if channel == 0 { input.put(bytes) } }
  func closeInput(channel: UInt8) { if channel == 0 { input.close() } }

  func cancel() {
    isEnded = true
    queue = []
    input.close()
    wire?.close()
  }
}

extension MachineRuntime {
  package func forward(to port: Int?, in plan: ContainerPlan, pod: String) -> any StreamConnection {
    ForwardedPort(to: port, in: machine(of: plan), pod: pod)
  }
}
