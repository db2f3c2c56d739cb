import Documents
import KubeObjects

/// An object with the fields that the recordings show of its kind.
enum View {
  /// Which node a Pod got is chance.
  static func withoutChance(_ recorded: Value) -> Value {
    var plain = recorded
    if plain["kind"]?.string == "Pod" { plain["node"] = nil }
    for index in (plain["endpoints"]?.array ?? []).indices {
      if case .array(var all)? = plain["endpoints"] {
        all[index]["nodeName"] = nil
        plain["endpoints"] = .array(all)
      }
    }
    for subset in (plain["subsets"]?.array ?? []).indices {
      guard case .array(var all)? = plain["subsets"] else { continue }
      for field in ["addresses", "notReadyAddresses"] {
        guard case .array(var addresses)? = all[subset][field] else { continue }
        for index in addresses.indices { addresses[index]["nodeName"] = nil }
        all[subset][field] = .array(addresses)
      }
      plain["subsets"] = .array(all)
    }
    return plain
  }

  static func of(_ object: Value) -> Value {
    var view = object
    view["name"] = .string(object.name)
    view["labels"] = object.labels
    view["annotations"] = object.annotations
    view["finalizers"] = object["metadata"]?["finalizers"]
    view["owners"] = object["metadata"]?["ownerReferences"]
    if object.isBeingDeleted { view["terminating"] = true }
    view["phase"] = object[path: "status", "phase"]
    view["node"] = object[path: "spec", "nodeName"]
    view["taints"] = object[path: "spec", "taints"]
    view["dataKeys"] = .array((object["data"]?.object?.keys ?? []).map { .string($0) })
    let template = object.kind == "Pod" ? object : object[path: "spec", "template"]
    view["image"] = template?[path: "spec", "containers"]?[0]?["image"]
    if object.kind == "Pod" {
      view["ready"] = .bool(object.isConditionTrue("Ready"))
      view["conditions"] = .array(
        (object[path: "status", "conditions"]?.array ?? []).filter {
          ["DisruptionTarget"].contains($0["type"]?.string ?? "")
        })
    } else {
      view["conditions"] = object[path: "status", "conditions"]
    }
    if object.kind == "CertificateSigningRequest" {
      view["status"]?["certificate"] = .bool(object[path: "status", "certificate"] != nil)
    }
    return view
  }
}
