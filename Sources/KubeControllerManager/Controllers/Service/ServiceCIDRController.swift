import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Says of ServiceCIDRs that they are ready, and keeps those whose addresses are in use from going
/// (servicecidrs_controller.go).
final class ServiceCIDRController: Reconciler {
  static let name = "service-cidr-controller"

  private let context: ControllerContext
  private let client: ComponentClient
  private let ranges: Informer
  private let addresses: Informer
  private var queue: WorkQueue<String>!

  private static let finalizer = "networking.k8s.io/service-cidr-finalizer"
  /// deletionGracePeriod: allocators get to know that a range is to go before it is looked at.
  private static let grace = Span.seconds(10)

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("service-cidrs-controller")
    ranges = context.informer(.serviceCIDRs)
    addresses = context.informer(.ipAddresses)
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] name throws(StatusError) in
      try self?.sync(name) ?? .done
    }
    ranges.onChange { [weak self] old, new in
      guard let self, let object = new ?? old else { return }
      queue.add(object.name)
      // Another range may hold what one that is to go holds.
      for other in going where other != object.name { queue.add(other) }
    }
    addresses.onChange { [weak self] old, new in
      guard let self, old == nil || new == nil else { return }
      for name in going { queue.add(name) }
    }
  }

  private var going: [String] {
    ranges.objects.values.filter(\.isBeingDeleted).map(\.name).sorted()
  }

  private func sync(_ name: String) throws(StatusError) -> WorkQueue<String>.Outcome {
    guard let range = ranges["", name] else { return .done }
    guard range.isBeingDeleted else {
      if !range.finalizers.contains(Self.finalizer) {
        var changed = range
        changed.finalizers += [Self.finalizer]
        _ = try client.update(.serviceCIDRs, changed)
        return .done
      }
      if !range.isConditionTrue("Ready") {
        try tell(range, "True", "", "Kubernetes Service CIDR is ready")
      }
      return .done
    }
    guard range.finalizers.contains(Self.finalizer) else { return .done }
    guard !isNeeded(range) else {
      try tell(
        range, "False", "Terminating",
        "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a "
          + "new ServiceCIDR")
      return .done
    }
    let since =
      range[path: "metadata", "deletionTimestamp"]?.string.flatMap { Moment(rfc3339: $0) }
      ?? context.timeline.now
    let left = since + Self.grace - context.timeline.now
    guard left <= .zero else { return .again(after: left) }
    var changed = range
    changed.finalizers.removeAll { $0 == Self.finalizer }
    _ = try client.update(.serviceCIDRs, changed)
    return .done
  }

  private static func prefixes(_ range: Value) -> [IPPrefix] {
    (range["spec"]?.texts("cidrs") ?? []).compactMap { IPPrefix($0) }
  }

  /// Whether an address is in this range and in no other one that stays.
  private func isNeeded(_ range: Value) -> Bool {
    let own = Self.prefixes(range)
    let others = ranges.objects.values.filter { $0.name != range.name && !$0.isBeingDeleted }
      .flatMap(Self.prefixes)
    return addresses.objects.values.contains { object in
      guard let address = IPAddress(object.name) else { return false }
      return own.contains { $0.contains(address) } && !others.contains { $0.contains(address) }
    }
  }

  private func tell(
    _ range: Value, _ status: String, _ reason: String, _ message: String
  ) throws(StatusError) {
    let known = range[path: "status", "conditions"]?.array?.first { $0.text("type") == "Ready" }
    guard known?.text("status") != status || known?.text("message") != message else { return }
    _ = try client.patch(
      .serviceCIDRs, range.name, .merge,
      [
        "status": [
          "conditions": [
            [
              "lastTransitionTime": .string(context.timeline.now.rfc3339),
              "message": .string(message), "reason": .string(reason),
              "status": .string(status), "type": "Ready",
            ]
          ]
        ]
      ], subresource: "status")
  }
}
