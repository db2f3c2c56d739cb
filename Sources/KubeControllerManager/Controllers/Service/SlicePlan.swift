import Documents
import KubeObjects

/// What has to be written so that a Service's slices tell the endpoints that there are.
struct SlicePlan {
  let service: Value
  let trigger: String?
  var created: [Value] = []
  var updated: [Value] = []
  var removed: [Value] = []

  private static let capacity = 100

  init(service: Value, trigger: String?) {
    self.service = service
    self.trigger = trigger
  }

  /// Adapts the slices of one address family: what still holds stays where it is, what is new fills
  /// gaps before it needs another slice.
  mutating func reconcile(
    _ existing: [Value], with wanted: [[ServicePort]: [Value]], family: String
  ) {
    var free = existing
    let groups = wanted.sorted { ServicePort.order($0.key) < ServicePort.order($1.key) }
    for (ports, endpoints) in groups {
      let list = Self.ports(ports)
      let own = free.filter { ($0["ports"] ?? .null) == list }
      free.removeAll { ($0["ports"] ?? .null) == list }
      // What is emptied serves for other ports, or goes.
      free += fill(own, list, endpoints, family)
    }
    if groups.isEmpty {
      // One empty slice says that nothing is there.
      let list = Value.null
      if let kept = free.first {
        free.removeFirst()
        note(kept, slice(from: kept, list, [], family))
      } else {
        created.append(slice(from: nil, list, [], family))
      }
    }
    // A slice whose ports are gone serves for new ones rather than being deleted, where it can.
    for old in free {
      if let index = created.firstIndex(where: { $0["addressType"]?.string == family }) {
        let new = created.remove(at: index)
        var taken = slice(from: old, new["ports"] ?? .null, new["endpoints"]?.array ?? [], family)
        taken["metadata"]?["name"] = old["metadata"]?["name"]
        updated.append(taken)
      } else {
        removed.append(old)
      }
    }
  }

  private mutating func fill(
    _ own: [Value], _ ports: Value, _ endpoints: [Value], _ family: String
  ) -> [Value] {
    var emptied: [Value] = []
    var left: [Value: Value] = [:]
    for endpoint in endpoints { left[Self.identity(endpoint)] = endpoint }
    var contents: [(slice: Value, endpoints: [Value], isChanged: Bool)] = []
    for old in own {
      let known = old["endpoints"]?.array ?? []
      let kept = known.compactMap { left.removeValue(forKey: Self.identity($0)) }
      if kept.isEmpty, !known.isEmpty {
        emptied.append(old)
      } else {
        let isChanged = kept != known || slice(from: old, ports, kept, family).labels != old.labels
        contents.append((old, kept, isChanged))
      }
    }
    var rest = endpoints.filter { left[Self.identity($0)] != nil }[...]
    // Slices that are written anyway are filled, the fullest first.
    for index in contents.indices.filter({ contents[$0].isChanged }).sorted(by: {
      contents[$0].endpoints.count > contents[$1].endpoints.count
    }) {
      let room = rest.prefix(max(Self.capacity - contents[index].endpoints.count, 0))
      contents[index].endpoints += room
      rest = rest.dropFirst(room.count)
    }
    while !rest.isEmpty {
      // The rest goes into the one slice that it fits best, or into a new one (getSliceToFill).
      let best = contents.indices.filter {
        !contents[$0].isChanged && rest.count < Self.capacity
          && contents[$0].endpoints.count + rest.count <= Self.capacity
      }.max { contents[$0].endpoints.count < contents[$1].endpoints.count }
      let part = rest.prefix(Self.capacity)
      if let best {
        contents[best].endpoints += part
        contents[best].isChanged = true
      } else {
        created.append(slice(from: nil, ports, Array(part), family))
      }
      rest = rest.dropFirst(part.count)
    }
    for (old, kept, _) in contents { note(old, slice(from: old, ports, kept, family)) }
    return emptied
  }

  private mutating func note(_ old: Value, _ new: Value) {
    if old["endpoints"] ?? .null != new["endpoints"] ?? .null
      || old["ports"] ?? .null != new["ports"] ?? .null || old.labels != new.labels
    {
      updated.append(new)
    }
  }

  /// What makes an endpoint the same before and after: its address and its Pod.
  private static func identity(_ endpoint: Value) -> Value {
    [endpoint["addresses"] ?? .null, endpoint["targetRef"]?["uid"] ?? .null]
  }

  private static func ports(_ ports: [ServicePort]) -> Value {
    guard !ports.isEmpty else { return .null }
    return .array(
      ports.map { port in
        var value: Value = [
          "name": .string(port.name), "port": .int(port.port), "protocol": .string(port.proto),
        ]
        if let name = port.appProtocol { value["appProtocol"] = .string(name) }
        return value
      })
  }

  private func slice(
    from old: Value?, _ ports: Value, _ endpoints: [Value], _ family: String
  ) -> Value {
    var labels = service.labels ?? .emptyObject
    labels[EndpointSliceController.serviceName] = .string(service.name)
    labels[EndpointSliceController.managedBy] = .string(EndpointSliceController.manager)
    let isHeadless = service[path: "spec", "clusterIP"]?.string == "None"
    labels["service.kubernetes.io/headless"] = isHeadless ? "" : nil
    var slice: Value =
      old ?? [
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": [
          "generateName": .string("\(service.name)-"), "namespace": .string(service.namespace),
          "ownerReferences": [OwnerReference.controller(service).value],
        ], "addressType": .string(family),
      ]
    slice["metadata"]?["labels"] = labels
    slice.setAnnotation(TriggerTimes.annotation, trigger)
    slice["ports"] = ports
    slice["endpoints"] = endpoints.isEmpty ? .null : .array(endpoints)
    return slice
  }
}
