import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Gives addresses to Services of type LoadBalancer: from MetalLB's pools while its controller's
/// Pod is ready, or from a cloud's own.
final class BalancerController {
  private unowned let network: ClusterNetwork
  private let client: ComponentClient
  private let definitions: Informer
  private var informers: [String: Informer] = [:]
  private let recorder: EventRecorder
  private let announcer: EventRecorder
  private var isWaiting = false
  private static let group = "metallb.io"
  /// A cloud that the cluster runs in, with its addresses.
  var cloud: AddressPool? { didSet { schedule() } }

  init(network: ClusterNetwork, client: ComponentClient) {
    self.network = network
    self.client = client
    definitions = client.informer(.customResourceDefinitions)
    recorder = EventRecorder(client, source: .component("metallb-controller"))
    announcer = EventRecorder(client, source: .component("metallb-speaker"))
  }

  func start() {
    definitions.onChange { [weak self] _, definition in
      guard let self, let definition, definition.name.hasSuffix("." + Self.group),
        definition.isConditionTrue("Established")
      else { return }
      let plural = String(definition.name.prefix { $0 != "." })
      guard informers[plural] == nil else { return }
      let informer = client.informer(.init(Self.group, "v1beta1", plural))
      informers[plural] = informer
      informer.onChange { [weak self] _, _ in self?.schedule() }
    }
    network.services.onChange { [weak self] old, new in
      guard let service = new ?? old else { return }
      let types = [old, new].compactMap { $0?[path: "spec", "type"]?.string }
      if types.contains("LoadBalancer") || !ServiceEntry.balancerAddresses(service).isEmpty {
        self?.schedule()
      }
    }
    network.pods.onChange { [weak self] _, new in
      if new?.label("app") == "metallb" { self?.schedule() }
    }
  }

  private func schedule() {
    guard !isWaiting, cloud != nil || !informers.isEmpty else { return }
    isWaiting = true
    network.timeline.after(.milliseconds(30)) { [weak self] in
      self?.isWaiting = false
      self?.reconcile()
    }
  }

  private func all(_ plural: String) -> [Value] {
    (informers[plural]?.objects ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  private var pools: [AddressPool] {
    if let cloud { return [cloud] }
    return all("ipaddresspools").map { AddressPool($0) }
  }

  private func readyPods(_ component: String) -> [Value] {
    network.pods.objects.sorted { $0.key < $1.key }.map(\.value).filter {
      $0.label("app") == "metallb" && $0.label("component") == component
        && $0.isConditionTrue("Ready")
    }
  }

  /// Whether nobody on the network says that it has an address of a pool.
  func isSilent(_ address: String) -> Bool {
    guard cloud == nil else { return false }
    let own = all("ipaddresspools").filter { AddressPool($0).contains(address) }
    guard !own.isEmpty else { return false }
    let announced = (all("l2advertisements") + all("bgpadvertisements")).contains { advertisement in
      let names = advertisement["spec"]?.texts("ipAddressPools") ?? []
      return names.isEmpty || own.contains { names.contains($0.name) }
    }
    return !announced || readyPods("speaker").isEmpty
  }

  private func reconcile() {
    guard cloud != nil || !readyPods("controller").isEmpty else { return }
    let services = network.services.objects.sorted { $0.key < $1.key }.map(\.value)
    var used = Set(services.flatMap(ServiceEntry.balancerAddresses))
    for service in services {
      let spec = service["spec"] ?? [:]
      let given = ServiceEntry.balancerAddresses(service)
      guard spec.text("type") == "LoadBalancer", spec.text("loadBalancerClass").isEmpty else {
        if !given.isEmpty, spec.text("type") != "LoadBalancer" { write([], to: service) }
        continue
      }
      if let first = given.first, pools.contains(where: { $0.contains(first) }) { continue }
      guard let address = choose(for: service, used) else {
        recorder.record(
          .warning, service, reason: "AllocationFailed",
          message: "Failed to allocate IP for \"\(service.namespacedName)\": no available IPs")
        continue
      }
      used.insert(address)
      write([address], to: service)
      guard cloud == nil else { continue }
      recorder.record(
        .normal, service, reason: "IPAllocated", message: "Assigned IP [\"\(address)\"]")
      if let speaker = readyPods("speaker").first?[path: "spec", "nodeName"]?.string,
        !isSilent(address)
      {
        announcer.record(
          .normal, service, reason: "nodeAssigned",
          message: "announcing from node \"\(speaker)\" with protocol \"layer2\"")
      }
    }
  }

  private func choose(for service: Value, _ used: Set<String>) -> String? {
    let wanted =
      service.annotation("metallb.io/loadBalancerIPs")
      ?? service.annotation("metallb.universe.tf/loadBalancerIPs")
      ?? service[path: "spec", "loadBalancerIP"]?.string ?? ""
    if !wanted.isEmpty {
      return !used.contains(wanted) && pools.contains { $0.contains(wanted) } ? wanted : nil
    }
    let named =
      service.annotation("metallb.io/address-pool")
      ?? service.annotation("metallb.universe.tf/address-pool")
    for pool in pools where named.map({ $0 == pool.name }) ?? pool.isAutomatic {
      if let address = pool.free(used) { return address }
    }
    return nil
  }

  private func write(_ addresses: [String], to service: Value) {
    var changed = service
    changed["status"] = [
      "loadBalancer": addresses.isEmpty
        ? [:]
        : ["ingress": .array(addresses.map { ["ip": .string($0), "ipMode": "VIP"] })]
    ]
    _ = try? client.update(.services, changed, subresource: "status")
  }
}
