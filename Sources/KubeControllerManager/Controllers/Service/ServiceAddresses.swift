import Documents
import KubeAPIServer
import KubeObjects

/// Stands for the part of the API server that keeps an IPAddress for each address of a Service, and
/// repairs what is missing (ipallocator's repair loop).
final class ServiceAddresses: Reconciler {
  static let name = "service-ip-allocator"

  private let client: ComponentClient
  private let services: Informer
  private let addresses: Informer
  private var queue: WorkQueue<String>!
  private let context: ControllerContext
  private let byAddress: InformerIndex

  init(_ context: ControllerContext) {
    self.context = context
    client = context.server.ownClient
    services = context.informer(.services)
    addresses = context.informer(.ipAddresses)
    byAddress = InformerIndex(services) { Self.addresses(of: $0) }
  }

  private static func addresses(of service: Value?) -> [String] {
    (service?["spec"]?.texts("clusterIPs") ?? []).filter { !$0.isEmpty && $0 != "None" }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline) { [weak self] address throws(StatusError) in
      try self?.sync(address)
      return .done
    }
    services.onChange { [weak self] old, new in
      let (before, now) = (Self.addresses(of: old), Self.addresses(of: new))
      guard before != now else { return }
      for address in Set(before + now).sorted() { self?.queue.add(address) }
    }
    addresses.onChange { [weak self] old, new in
      guard new == nil, let old else { return }
      self?.queue.add(old.name)
    }
  }

  private func sync(_ address: String) throws(StatusError) {
    let owner = byAddress[address].min { $0.namespacedName < $1.namespacedName }
    let known = addresses["", address]
    guard let owner else {
      guard let known, known.label(Self.manager) == "ipallocator.k8s.io" else { return }
      do throws(StatusError) {
        try client.delete(.ipAddresses, address)
      } catch { if !error.isNotFound { throw error } }
      return
    }
    guard known == nil else { return }
    let family = IPAddress(address)?.isVersion6 == true ? "IPv6" : "IPv4"
    do throws(StatusError) {
      _ = try client.create(
        .ipAddresses,
        [
          "apiVersion": "networking.k8s.io/v1", "kind": "IPAddress",
          "metadata": [
            "name": .string(address),
            "labels": [
              "ipaddress.kubernetes.io/ip-family": .string(family),
              Self.manager: "ipallocator.k8s.io",
            ],
          ],
          "spec": [
            "parentRef": [
              "group": "", "resource": "services", "namespace": .string(owner.namespace),
              "name": .string(owner.name),
            ]
          ],
        ])
    } catch { if !error.isAlreadyExists { throw error } }
  }

  private static let manager = "ipaddress.kubernetes.io/managed-by"
}
