import KubeNetwork
import KubeNode
import KubeObjects
import Linux

extension Cluster {
  /// The connections that the cluster's parts keep to one another, as `ss` shows them on a node.
  /// Their requests take no way of packets here.
  func standingConnections(of place: NetworkNamespace) -> [ConnectedSocket] {
    guard case .node(let name) = place.kind, let plane = controlPlane,
      let first = blueprint.nodes.first, plane.isServing(.apiServer)
    else { return [] }
    let server = (address: first.address, port: plane.securePort)
    func processID(_ program: String) -> Int? {
      nodes[first.name]?.firstProcess(called: program)?.id
    }
    var found: [ConnectedSocket] = []
    for client in clientsOfServer(on: first.name == name ? nil : name) {
      let end = (address: client.address, port: client.port)
      if client.node == name {
        found.append(
          ConnectedSocket(
            local: end, remote: server, processID: client.processID, program: client.program))
      }
      guard first.name == name else { continue }
      found.append(
        ConnectedSocket(
          local: server, remote: end, processID: processID("kube-apiserver"),
          program: "kube-apiserver", isDual: true))
    }
    guard first.name == name, plane.isServing(.etcd) else { return found }
    // The API server's storage makes a client of etcd for every resource that it keeps.
    let kept = Set(Schema.builtin.resources.map { [$0.resource.group, $0.resource.resource] })
    let etcd = (address: "127.0.0.1", port: plane.clientPort)
    for index in 0..<kept.count {
      let end = (address: "127.0.0.1", port: Self.port("etcd/\(index)"))
      found.append(
        ConnectedSocket(
          local: end, remote: etcd, processID: processID("kube-apiserver"),
          program: "kube-apiserver"))
      found.append(
        ConnectedSocket(local: etcd, remote: end, processID: processID("etcd"), program: "etcd"))
    }
    return found
  }

  private struct ServerClient {
    var node: String
    var address: String
    var port: Int
    var program: String
    var processID: Int?
  }

  /// Who watches the API server from one node, or from all.
  private func clientsOfServer(on wanted: String?) -> [ServerClient] {
    blueprint.nodes.filter { wanted == nil || $0.name == wanted }.flatMap { node in
      guard let host = hosts[node.name], !host.machine.isOff else { return [ServerClient]() }
      var programs: [(String, Int?)] = []
      if host.kubelet.speaks {
        programs.append(("kubelet", host.machine.firstProcess(called: "kubelet")?.id))
      }
      for part in [ControlPlane.Part.controllerManager, .scheduler]
      where node.isControlPlane && controlPlane?.isServing(part) == true {
        programs.append((part.rawValue, host.machine.firstProcess(called: part.rawValue)?.id))
      }
      for plan in host.kubelet.allWorkers.flatMap({ $0.containers }).compactMap(\.plan)
      where plan.name == "kube-proxy" && plan.namespace == "kube-system" {
        programs.append(("kube-proxy", plan.outerProcessID))
      }
      return programs.map { program, id in
        ServerClient(
          node: node.name, address: node.address, port: Self.port("\(node.name)/\(program)"),
          program: program, processID: id)
      }
    }
  }

  /// A port of the kernel's range for outgoing connections.
  private static func port(_ text: String) -> Int {
    32_768 + Int(RuntimeControlRun.hash(text) % 28_232)
  }
}
