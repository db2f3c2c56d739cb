import Documents
import KubeAPIServer
import KubeObjects

/// Compares what was recorded with what is there.
extension Scene {
  func see(_ step: Value, _ index: Int) {
    guard step["varies"] == nil, let what = step["see"]?.string else { return }
    let kind = String(what.split(separator: "/")[0])
    guard Self.groups[kind] != nil || kind.allSatisfy(\.isLetter) else { return }
    let resource = Self.resource(of: kind)
    let namespace = Self.clusterKinds.contains(kind) ? "" : Self.namespace
    if let count = step["count"]?.int {
      let own = objects(resource, namespace).count
      if Int64(own) != count { differences.append("step \(index): \(own) \(kind)s, not \(count)") }
      return
    }
    let recorded = step["objects"]?.array ?? []
    if what.contains("/"), let (_, _, name) = target(what) {
      let object = try? client.get(resource, name, namespace: namespace)
      if recorded.first?.isNull == true {
        if object != nil { differences.append("step \(index): \(what) still is there") }
      } else if let first = recorded.first {
        let view = object.map(View.of)
        if let found = names.difference(View.withoutChance(first), view, what) {
          differences.append("step \(index): \(found)")
        }
      }
      return
    }
    var own = objects(resource, namespace)
    if kind == "ConfigMap" { own.removeAll { $0.name == "kube-root-ca.crt" } }
    let views = own.map(View.of)
    if let found = names.difference(.array(recorded.map(View.withoutChance)), .array(views), kind) {
      differences.append("step \(index): \(found)")
    }
  }

  func compareSizes(_ step: Value, _ index: Int) {
    let recorded = step["changes"]?.array ?? []
    let shown = recorded.map {
      "\($0["name"]?.string ?? "")=\($0["is"]?["replicas"]?.int ?? -1)"
    }
    let own = sizes.suffix(recorded.count)
    guard step["varies"] == nil, own.count == recorded.count else {
      if step["varies"] == nil { differences.append("step \(index): \(sizes) not \(shown)") }
      return
    }
    for (change, mine) in zip(recorded, own) {
      guard names.match(change["name"]?.string ?? "", mine.name),
        change["is"]?["replicas"]?.int == mine.replicas
      else {
        differences.append(
          "step \(index): sizes \(own.map { "\($0.name)=\($0.replicas)" }) not \(shown)")
        return
      }
    }
  }

  func compareEvents(_ recorded: Value) {
    let others: Set<String> = ["Scheduled", "RegisteredNode", "CIDRAssignmentFailed"]
    var own = ((try? client.list(.events, namespace: Self.namespace)) ?? []).filter {
      !others.contains($0["reason"]?.string ?? "")
    }.map { event -> Value in
      let about = event["involvedObject"]
      return [
        "object": .string("\(about?["kind"]?.string ?? "")/\(about?["name"]?.string ?? "")"),
        "type": event["type"] ?? .null, "reason": event["reason"] ?? .null,
        "message": event["message"] ?? .null,
      ]
    }
    // Which of equal Pods is removed is chance: what was removed is put in its place first.
    let all = (recorded.array ?? []).filter { !others.contains($0["reason"]?.string ?? "") }
    let removals = all.filter { $0["reason"]?.string == "SuccessfulDelete" }
    let rest = all.filter { $0["reason"]?.string != "SuccessfulDelete" }
    let isCombined = all.contains {
      $0["message"]?.string?.hasPrefix("(combined from similar events)") == true
    }
    for event in removals + rest {
      if event["varies"] != nil { continue }
      let wanted: Value = [
        "object": event["object"] ?? .null, "type": event["type"] ?? .null,
        "reason": event["reason"] ?? .null, "message": event["message"] ?? .null,
      ]
      // Of many similar events only some are kept one by one; whose they are is chance.
      let isChance = isCombined && event["reason"]?.string == "SuccessfulCreate"
      let place = own.firstIndex { candidate in
        var trial = isChance ? Placeholders() : names
        guard trial.difference(wanted, candidate, "") == nil else { return false }
        if !isChance { names = trial }
        return true
      }
      if let place {
        own.remove(at: place)
      } else {
        differences.append("missing event: \(Placeholders.brief(wanted))")
      }
    }
    for event in own { differences.append("surplus event: \(Placeholders.brief(event))") }
  }
}
