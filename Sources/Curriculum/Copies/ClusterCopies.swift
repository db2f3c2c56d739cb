import KubeAPIServer
package import KubeCluster
package import Simulation

/// Clusters that are up, of which everybody gets a copy: booting costs more than most of what is
/// played in one.
package final class ClusterCopies: @unchecked Sendable {
  private struct Berth {
    var blueprint: String
    var seed: UInt64
    var start: Moment
    var cluster: Cluster
  }

  /// Newest last.
  private var berths: [Berth] = []
  /// Blueprints whose everyday commands were run once.
  private var warm: Set<String> = []
  /// A class on one day needs one for each blueprint.
  private static let most = 4

  package init() {}

  /// Runs `body` in a fork with a cluster that nobody used; nil when that ended without an answer.
  /// A blueprint that is not known is kubeadm's.
  package func run<Answer: Codable>(
    _ blueprint: String, seed: UInt64, start: Moment = Cluster.standardStart,
    _ body: (Cluster) -> Answer
  ) -> Answer? {
    let cluster = berth(blueprint, seed, start)
    return Fork.run { body(cluster) }
  }

  private func berth(_ blueprint: String, _ seed: UInt64, _ start: Moment) -> Cluster {
    let same = berths.firstIndex {
      $0.blueprint == blueprint && $0.seed == seed && $0.start == start
    }
    let known = Blueprint.named(blueprint) ?? .kubeadm
    let found = same.map { berths.remove(at: $0) } ?? make(known, blueprint, seed, start)
    if berths.count >= Self.most { berths.removeFirst() }
    berths.append(found)
    return found.cluster
  }

  private func make(
    _ blueprint: Blueprint, _ name: String, _ seed: UInt64, _ start: Moment
  ) -> Berth {
    warmUp(blueprint, name)
    let cluster = Cluster(blueprint, seed: seed, start: start)
    cluster.server.prepare()
    return Berth(blueprint: name, seed: seed, start: start, cluster: cluster)
  }

  /// What the first command of its kind makes, each fork would make again: tables, metadata of
  /// types, parsers. So they are made once, before the first.
  private func warmUp(_ blueprint: Blueprint, _ name: String) {
    guard warm.insert(name).inserted else { return }
    let cluster = Cluster(blueprint, seed: 1)
    // A shell does not keep its cluster.
    withExtendedLifetime(cluster) { _ = cluster.shell.run(Self.everyday) }
  }

  private static let everyday = """
    kubectl create namespace w; kubectl create configmap c -n w --from-literal=a=b
    kubectl create deployment w -n w --image=nginx --replicas=2; sleep 20
    kubectl expose deployment w -n w --port=80; kubectl scale deployment w -n w --replicas=3
    kubectl get deployment w -n w -o yaml | grep -v uid | sed 's/x/x/' | kubectl apply -f -
    kubectl patch deployment w -n w -p '{"spec":{"replicas":2}}'; kubectl label pods -n w --all a=b
    kubectl rollout status deployment w -n w; kubectl get all -A -o wide; kubectl describe pods -n w
    kubectl exec -n w deploy/w -- ls; kubectl auth can-i get pods --as=x; curl -s w.w; jq -n .
    kubectl get pods -n w -o jsonpath='{.items[*].status.podIP}'; kubectl logs -n w deploy/w
    kubectl delete namespace w
    """
}
