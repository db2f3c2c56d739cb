import Documents
import KubeCluster
import Linux
import Simulation

extension ClusterScene {
  private static let patience = Span.seconds(5)
  private static let answerLimit = 1 << 20

  package func exchange(
    from place: ObjectReference?, host: String, port: Int, sending bytes: [UInt8]
  ) -> Exchange {
    let machine: Machine
    do { machine = try self.machine(at: place) } catch { return .nowhere(error.message) }
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

  package func lookUp(_ name: String, from place: ObjectReference?) -> Lookup {
    do {
      let machine = try machine(at: place)
      do throws(NetworkFailure) {
        return .addresses(try Resolver(machine).lookUp(name).addresses)
      } catch { return .failed(Self.words(error, name)) }
    } catch { return .nowhere(error.message) }
  }

  /// The workstation, a node, or the first container of a Pod.
  private func machine(at place: ObjectReference?) throws(SceneError) -> Machine {
    guard let place else { return workstation }
    let object = try object(place)
    switch object["kind"]?.string {
    case "Node":
      let name = object[path: "metadata", "name"]?.string ?? ""
      if let node = cluster.nodes[name] { return node }
    case "Pod":
      if let pod = cluster.machine(of: object) { return pod }
    default: throw SceneError("\(place) is neither a Pod nor a node")
    }
    throw SceneError("\(place) does not run")
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
      return .failed(words(failure, host))
    } catch { return .failed("the connection broke") }
  }

  private static func words(_ failure: NetworkFailure, _ host: String) -> String {
    switch failure {
    case .unknownName: "the name \(host) is not known there"
    case .resolverTimeout, .noResolver, .serverFailed: "no DNS server answers for \(host)"
    case .refused: "connection refused"
    case .timedOut: "timed out"
    case .unreachable: "no route to host"
    case .reset: "connection reset"
    case .addressInUse: "address in use"
    }
  }
}
