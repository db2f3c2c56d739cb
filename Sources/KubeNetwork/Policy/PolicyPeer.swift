import Documents
import KubeObjects

/// Whom a rule means.
indirect enum PolicyPeer {
  /// nil namespaces: the policy's own, or all for a policy of all namespaces.
  case pods(namespaces: LabelSelector?, pods: LabelSelector?)
  case addresses(IPPrefix)
  /// Addresses that belong to nobody of the cluster, as Cilium's CIDRs do.
  case outside(IPPrefix)
  /// Cilium's words for whole groups: world, cluster, host, all.
  case entity(String)
  case nodes(LabelSelector)
  /// The names of domains that lead to an address, as a pattern of Cilium.
  case domain(DomainPattern)
  /// What stands behind Services of a namespace (empty: the policy's own), by name or by labels.
  case service(name: String?, labels: LabelSelector?, namespace: String)
  /// Pods by Calico's expressions.
  case expression(CalicoSelector)
  case any([PolicyPeer])
  case all([PolicyPeer])
  case not(PolicyPeer)

  static var nobody: PolicyPeer { .any([]) }

  /// What is no address range means nobody: the API refuses it.
  static func block(
    _ range: String, except: [String], as kind: (IPPrefix) -> PolicyPeer = PolicyPeer.addresses
  ) -> PolicyPeer {
    guard let prefix = IPPrefix(range) else { return .nobody }
    let holes = except.compactMap { IPPrefix($0) }.map(PolicyPeer.addresses)
    return holes.isEmpty ? kind(prefix) : .all([kind(prefix), .not(.any(holes))])
  }

  /// `home` is the policy's namespace, empty for one of all namespaces.
  func matches(_ party: PolicyParty, home: String) -> Bool {
    switch self {
    case .pods(let namespaces, let pods):
      guard let pod = party.pod else { return false }
      if let namespaces {
        guard namespaces.matches(pod.namespaceLabels) else { return false }
      } else if !home.isEmpty, pod.namespace != home {
        return false
      }
      return pods?.matches(pod.labels) ?? true
    case .addresses(let prefix): return party.address.map(prefix.contains) ?? false
    case .outside(let prefix):
      return !party.isOfCluster && party.address.map(prefix.contains) ?? false
    case .entity(let word):
      switch word {
      case "all": return true
      case "world": return !party.isOfCluster
      case "world-ipv4", "world-ipv6":
        return !party.isOfCluster && (party.address?.width == 128) == (word == "world-ipv6")
      case "cluster": return party.isOfCluster
      case "host", "remote-node": return party.isOfCluster && party.pod == nil
      case "kube-apiserver":
        return party.pod == nil
          && party.node?["node-role.kubernetes.io/control-plane"] != nil
      default: return false
      }
    case .nodes(let selector): return party.node.map(selector.matches) ?? false
    case .domain(let pattern): return party.domains.contains(where: pattern.matches)
    case .service(let name, let labels, let namespace):
      let wanted = namespace.isEmpty ? home : namespace
      return party.services.contains { service in
        service.namespace == wanted && name.map { $0 == service.name } ?? true
          && labels?.matches(service.labels) ?? true
      }
    case .expression(let selector): return party.pod.map(selector.matches) ?? false
    case .any(let peers): return peers.contains { $0.matches(party, home: home) }
    case .all(let peers): return peers.allSatisfy { $0.matches(party, home: home) }
    case .not(let peer): return !peer.matches(party, home: home)
    }
  }
}
