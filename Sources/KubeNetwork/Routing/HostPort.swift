import Documents
import KubeAPIServer
import KubeObjects
import Linux

/// Ports of nodes that containers ask for by `hostPort`.
enum HostPort {
  static func keys(_ pod: Value) -> [String] {
    let isOver = ["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? "")
    guard !isOver, pod[path: "spec", "hostNetwork"]?.bool != true,
      let node = pod[path: "spec", "nodeName"]?.string, pod[path: "status", "podIP"] != nil
    else { return [] }
    return ports(pod).map { "\(node)/\($0["protocol"]?.string ?? "TCP")/\($0.number("hostPort"))" }
  }

  static func ports(_ pod: Value) -> [Value] {
    (pod["spec"]?.items("containers") ?? []).flatMap { $0.items("ports") }
      .filter { $0.number("hostPort") > 0 }
  }
}

extension ClusterNetwork {
  /// Where a node's port leads, when a container has taken it.
  func hostPort(
    _ port: Int, _ transport: Transport, on node: String
  ) -> (pod: Value, address: String, port: Int)? {
    for pod in podsByHostPort["\(node)/\(transport.rawValue)/\(port)"] {
      let found = HostPort.ports(pod).first {
        $0.number("hostPort") == Int64(port)
          && ($0["protocol"]?.string ?? "TCP") == transport.rawValue
      }
      guard let found, let address = pod[path: "status", "podIP"]?.string else { continue }
      return (pod, address, Int(clamping: found.number("containerPort")))
    }
    return nil
  }
}
