import KubeNode
import Linux
import Simulation

/// The node's processes that are in containers, as the node sees them.
extension NodeHost {
  /// The shim of a Pod and its pause, by the ids that they have on the node.
  static func shimID(ofPod uid: String) -> Int {
    1000 + Int(RuntimeControlRun.hash("shim/" + uid) & 0xFFFF)
  }

  static func pauseID(ofPod uid: String) -> Int { shimID(ofPod: uid) + 21 }

  func showGuests() {
    machine.table.guests = { [weak self] in self?.guests ?? [] }
    machine.table.awakenGuests = { [weak self] in self?.awakenGuests() ?? false }
  }

  /// Running containers whose processes the machine does not have in a list of its own already.
  private var guestPlans: [(worker: PodWorker, plan: ContainerPlan)] {
    kubelet.allWorkers.flatMap { worker in
      worker.containers.compactMap { container in
        guard container.isRunning, let plan = container.plan else { return nil }
        if case .node = plan.processes { return nil }
        return (worker, plan)
      }
    }
  }

  private func awakenGuests() -> Bool {
    guestPlans.reduce(false) { woke, guest in runtime.look(into: guest.plan) || woke }
  }

  private var guests: [ProcessEntry] {
    var found: [ProcessEntry] = []
    var shims: Set<String> = []
    for (worker, plan) in guestPlans {
      let shim = Self.shimID(ofPod: plan.podUID)
      if shims.insert(plan.podUID).inserted {
        let id = RuntimeControlRun.sandbox(worker)
        found.append(
          .init(
            id: shim, parentID: 1, called: "containerd-shim",
            title: "/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id \(id) -address "
              + "/run/containerd/containerd.sock", started: worker.begun))
        found.append(
          .init(
            id: Self.pauseID(ofPod: plan.podUID), parentID: shim, called: "pause", title: "/pause",
            user: 65535,
            started: worker.begun))
      }
      found += runtime.processes(in: plan, under: shim)
    }
    return found
  }
}
