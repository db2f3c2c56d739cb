import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Mirrors Endpoints that were made by hand into EndpointSlices, which is all that proxies read.
final class EndpointSliceMirroring: Reconciler {
  static let name = "endpointslice-mirroring-controller"
  private static let manager = "endpointslicemirroring-controller.k8s.io"
  /// --mirroring-max-endpoints-per-subset.
  private static let capacity = 1000
  private static let leftOut: Set<String> = [
    "endpoints.kubernetes.io/last-change-trigger-time",
    "kubectl.kubernetes.io/last-applied-configuration",
  ]

  private let context: ControllerContext
  private let client: ComponentClient
  private let endpoints: Informer
  private let services: Informer
  private let slices: InformerIndex
  private var queue: WorkQueue<Informer.Key>!

  init(_ context: ControllerContext) {
    self.context = context
    client = context.client("endpointslicemirroring-controller")
    endpoints = context.informer(.endpoints)
    services = context.informer(.services)
    slices = InformerIndex(context.informer(.endpointSlices)) { slice in
      guard slice.label(EndpointSliceController.managedBy) == Self.manager,
        let service = slice.label(EndpointSliceController.serviceName)
      else { return [] }
      return ["\(slice.namespace)/\(service)"]
    }
  }

  func start() {
    queue = WorkQueue(timeline: context.timeline, backoff: (.seconds(1), .seconds(1000))) {
      [weak self] key throws(StatusError) in
      try self?.reconcile(key)
      return .done
    }
    for informer in [endpoints, services] {
      informer.onChange { [weak self] old, new in
        guard let object = new ?? old else { return }
        self?.queue.add(Informer.Key(namespace: object.namespace, name: object.name))
      }
    }
    context.informer(.endpointSlices).onChange { [weak self] old, new in
      guard let object = old, new == nil,
        object.label(EndpointSliceController.managedBy) == Self.manager,
        let service = object.label(EndpointSliceController.serviceName)
      else { return }
      self?.queue.add(Informer.Key(namespace: object.namespace, name: service))
    }
  }

  private func isMirrored(_ object: Value) -> Bool {
    object.label("endpointslice.kubernetes.io/skip-mirror") != "true"
      && object.annotation("control-plane.alpha.kubernetes.io/leader") == nil
  }

  private func reconcile(_ key: Informer.Key) throws(StatusError) {
    let existing = slices["\(key.namespace)/\(key.name)"].filter { !$0.isBeingDeleted }
    guard let object = endpoints.objects[key], isMirrored(object),
      let service = services.objects[key],
      service[path: "spec", "selector"]?.object?.isEmpty ?? true
    else { return try remove(existing) }
    var left = existing
    for (form, list) in wanted(object) {
      var rest = list[...]
      while !rest.isEmpty {
        let part = Value.array(Array(rest.prefix(Self.capacity)))
        rest = rest.dropFirst(Self.capacity)
        let place = left.firstIndex {
          $0["ports"] ?? .null == form.ports && $0["addressType"]?.string == form.family
        }
        let known = place.map { left.remove(at: $0) }
        try write(slice(of: object, form, part, known), over: known)
      }
    }
    try remove(left)
  }

  private func write(_ slice: Value, over known: Value?) throws(StatusError) {
    let isSame =
      known.map { known in
        known.labels == slice.labels && known.annotations == slice.annotations
          && known["ports"] == slice["ports"] && known["endpoints"] == slice["endpoints"]
      } ?? false
    guard !isSame else { return }
    do throws(StatusError) {
      _ =
        known == nil
        ? try client.create(.endpointSlices, slice, namespace: slice.namespace)
        : try client.update(.endpointSlices, slice)
    } catch { if !error.isNamespaceTerminating { throw error } }
  }

  private func remove(_ surplus: [Value]) throws(StatusError) {
    for slice in surplus {
      do throws(StatusError) {
        try client.delete(.endpointSlices, slice.name, namespace: slice.namespace)
      } catch { if !error.isNotFound { throw error } }
    }
  }

  private struct Form {
    var ports: Value
    var family: String
  }

  /// The endpoints by ports and family, in the order in which they are written down.
  private func wanted(_ object: Value) -> [(Form, [Value])] {
    var groups: [(Form, [Value])] = []
    for subset in object["subsets"]?.array ?? [] {
      let ports = Self.ports(subset["ports"])
      for (field, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
        for address in subset[field]?.array ?? [] {
          let family = address.text("ip").contains(":") ? "IPv6" : "IPv4"
          let endpoint = Self.endpoint(address, isReady)
          if let place = groups.firstIndex(where: {
            $0.0.ports == ports && $0.0.family == family
          }) {
            groups[place].1.append(endpoint)
          } else {
            groups.append((Form(ports: ports, family: family), [endpoint]))
          }
        }
      }
    }
    return groups
  }

  private static func ports(_ list: Value?) -> Value {
    .array(
      (list?.array ?? []).map { port in
        var value: Value = [
          "name": .string(port.text("name")), "protocol": port["protocol"] ?? "TCP",
        ]
        value["port"] = port["port"]
        value["appProtocol"] = port["appProtocol"]
        return value
      })
  }

  private static func endpoint(_ address: Value, _ isReady: Bool) -> Value {
    var endpoint: Value = [
      "addresses": [address["ip"] ?? ""], "conditions": ["ready": .bool(isReady)],
    ]
    for name in ["hostname", "nodeName", "targetRef"] { endpoint[name] = address[name] }
    return endpoint
  }

  private func slice(
    of object: Value, _ form: Form, _ endpoints: Value, _ known: Value?
  ) -> Value {
    var labels = object.labels ?? .emptyObject
    labels[EndpointSliceController.serviceName] = .string(object.name)
    labels[EndpointSliceController.managedBy] = .string(Self.manager)
    // newEndpointSlice: it is written anew, so that what the Endpoints lost goes here, too.
    var slice: Value = [
      "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
      "metadata": [
        "namespace": .string(object.namespace),
        "ownerReferences": [OwnerReference.controller(object).value],
      ], "addressType": .string(form.family),
    ]
    if let known {
      slice["metadata"]?["name"] = .string(known.name)
    } else {
      slice["metadata"]?["generateName"] = .string("\(object.name)-")
    }
    slice["metadata"]?["labels"] = labels
    for (key, value) in object.annotations?.object ?? [:] where !Self.leftOut.contains(key) {
      slice.setAnnotation(key, value.string ?? "")
    }
    slice["ports"] = form.ports
    slice["endpoints"] = endpoints
    return slice
  }
}
