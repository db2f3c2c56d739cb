import KubeCluster
import Linux
import Simulation

extension ClusterScene {
  private static let patience = Span.seconds(5)
  private static let answerLimit = 1 << 20

  package func exchange(
    from place: ObjectReference?, host: String, port: Int, sending bytes: [UInt8]
  ) -> Exchange {
    if let place { return .nowhere("drydock: not simulated: connections from \(place)") }
    let machine = cluster.workstation
    guard let network = machine.network else { return .nowhere("there is no network") }
    let call = Call()
    cluster.timeline.fibers.start {
      call.outcome = await Self.talk(network, machine, host, port, bytes)
    }
    // The clock goes on only as far as the answer needs.
    let limit = cluster.timeline.now + Self.patience + Self.patience
    cluster.timeline.settle()
    while call.outcome == nil, cluster.timeline.step(until: limit) { cluster.timeline.settle() }
    return call.outcome ?? .failed("timed out")
  }

  private final class Call { var outcome: Exchange? }

  private static func talk(
    _ network: any NetworkStack, _ machine: Machine, _ host: String, _ port: Int, _ bytes: [UInt8]
  ) async -> Exchange {
    do {
      let address = try Resolver(machine).lookUp(host).addresses.first ?? host
      let connection = try await network.connect(
        from: machine, to: address, port: port, transport: .tcp, timeout: patience)
      defer { connection.close() }
      guard !bytes.isEmpty else { return .answered([]) }
      try await connection.write(bytes)
      var answer: [UInt8] = []
      while answer.count < answerLimit {
        let part = try await connection.read(upTo: 65536)
        if part.isEmpty { break }
        answer += part
      }
      return .answered(answer)
    } catch let failure as NetworkFailure {
      switch failure {
      case .unknownName(let name): return .failed("the name \(name) is not known there")
      case .resolverTimeout(let name), .noResolver(let name), .serverFailed(let name):
        return .failed("no DNS server answers for \(name)")
      case .refused: return .failed("connection refused")
      case .timedOut: return .failed("timed out")
      case .unreachable: return .failed("no route to host")
      case .reset: return .failed("connection reset")
      case .addressInUse: return .failed("address in use")
      }
    } catch { return .failed("the connection broke") }
  }
}
