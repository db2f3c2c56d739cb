import Documents
import KubeAPIServer
import KubeObjects

/// Finds devices of one node for all requests of some claims: the first solution of a search of
/// all that are possible (structured.Allocator).
struct DeviceAllocator {
  struct Failure: Error {
    var message: String
  }

  /// One device chosen for one request of a claim.
  private struct Choice {
    var claim: Int
    var request: Request
    var device: Device
  }

  /// What a request, or one of its alternatives, asks for.
  private struct Request {
    var name: String
    var parent: String
    var deviceClass: Value
    var value: Value
    var count: Int
    /// All devices that match are wanted, and only these.
    var all: [Device]?
    var selectors: [DeviceSelector]
    var tolerations: [Toleration]
    var isAdmin: Bool

    var fullName: String { parent.isEmpty ? name : "\(parent)/\(name)" }
  }

  private let claims: [Value]
  private let taken: Set<Device.ID>
  private let pools: [DevicePool]
  /// By claim and request the alternatives, the better first.
  private var requests: [[[Request]]] = []
  private var chosen: [Choice] = []
  /// What expressions said of a device for a request.
  private var known: [Match: Bool] = [:]
  private var stepsLeft = 100_000

  private struct Match: Hashable {
    var claim: Int
    var request: String
    var device: Device.ID
  }

  /// At most so many devices go into one claim's allocation.
  private static let most = 32

  init(
    _ claims: [Value], classes: [String: Value], slices: [Value], taken: Set<Device.ID>,
    node: NodeInfo.Facts
  ) throws(Failure) {
    self.claims = claims
    self.taken = taken
    pools = DevicePool.gather(slices, for: node)
    for claim in claims {
      var all: [[Request]] = []
      for item in claim[path: "spec", "devices", "requests"]?.array ?? [] {
        let choices = item["firstAvailable"]?.array ?? []
        let forms = choices.isEmpty ? [item["exactly"] ?? .emptyObject] : choices
        var alternatives: [Request] = []
        for form in forms {
          let name = choices.isEmpty ? item.name(in: "name") : form.name(in: "name")
          alternatives.append(
            try request(
              form, name, parent: choices.isEmpty ? "" : item.name(in: "name"), claim, classes))
        }
        all.append(alternatives)
      }
      requests.append(all)
    }
  }

  private func request(
    _ form: Value, _ name: String, parent: String, _ claim: Value, _ classes: [String: Value]
  ) throws(Failure) -> Request {
    let className = form.name(in: "deviceClassName")
    guard let deviceClass = classes[className] else {
      throw Failure(
        message: "claim \(claim.namespacedName), request \(name): could not retrieve device class "
          + "\(className): deviceclass.resource.k8s.io \"\(className)\" not found")
    }
    var selectors: [DeviceSelector] = []
    let rules =
      (deviceClass[path: "spec", "selectors"]?.array ?? [])
      + (form["selectors"]?.array ?? [])
    for rule in rules {
      do throws(DeviceSelector.Failure) {
        selectors.append(try DeviceSelector(rule[path: "cel", "expression"]?.string ?? ""))
      } catch { throw Failure(message: "claim \(claim.namespacedName): \(error.message)") }
    }
    var found = Request(
      name: name, parent: parent, deviceClass: deviceClass, value: form,
      count: Int(clamping: form["count"]?.int ?? 1), selectors: selectors,
      tolerations: form["tolerations"]?.array?.map(Toleration.init) ?? [],
      isAdmin: form["adminAccess"]?.bool ?? false)
    guard form["allocationMode"]?.string == "All" else { return found }
    var all: [Device] = []
    for pool in pools {
      if pool.isIncomplete || pool.isInvalid {
        throw Failure(
          message: "claim \(claim.namespacedName), request \(name): asks for all devices, but "
            + "resource pool \(pool.name) is currently "
            + (pool.isIncomplete ? "being updated" : "invalid"))
      }
      for device in pool.devices {
        if try matches(found, device, claim) { all.append(device) }
      }
    }
    found.all = all
    found.count = all.count
    return found
  }

  private func matches(
    _ request: Request, _ device: Device, _ claim: Value
  ) throws(Failure) -> Bool {
    for (index, selector) in request.selectors.enumerated() {
      do throws(DeviceSelector.Failure) {
        if try !selector.matches(device.value, driver: device.id.driver) { return false }
      } catch {
        throw Failure(
          message: "claim \(claim.namespacedName): selector #\(index): \(error.message)")
      }
    }
    return true
  }

  /// The allocation of each claim, in their order; nil: there is none.
  mutating func allocate() throws(Failure) -> [Value]? {
    guard try search(0, 0) else {
      if pools.contains(where: \.isInvalid) {
        throw Failure(message: "invalid resource pools were encountered")
      }
      return nil
    }
    return claims.indices.map(allocation)
  }

  /// Satisfies everything from a request of a claim on.
  private mutating func search(_ claim: Int, _ request: Int) throws(Failure) -> Bool {
    guard claim < claims.count else { return true }
    guard request < requests[claim].count else { return try search(claim + 1, 0) }
    for alternative in requests[claim][request] {
      if try search(claim, request, alternative, alternative.count, from: 0) { return true }
    }
    return false
  }

  private mutating func search(
    _ claim: Int, _ place: Int, _ request: Request, _ missing: Int, from start: Int
  ) throws(Failure) -> Bool {
    // "All" of nothing is no solution.
    if request.count == 0 { return false }
    if missing == 0 { return try search(claim, place + 1) }
    guard chosen.count(where: { $0.claim == claim }) < Self.most else { return false }
    let candidates = request.all ?? pools.filter { !$0.isInvalid }.flatMap(\.devices)
    for index in candidates.indices.dropFirst(start) {
      stepsLeft -= 1
      guard stepsLeft > 0 else { throw Failure(message: "timed out trying to allocate devices") }
      let device = candidates[index]
      guard isFree(device, for: request), try suits(device, request, claim),
        satisfiesConstraints(device, request, claim)
      else {
        if request.all != nil { return false }
        continue
      }
      chosen.append(Choice(claim: claim, request: request, device: device))
      if try search(claim, place, request, missing - 1, from: index + 1) { return true }
      chosen.removeLast()
      if request.all != nil { return false }
    }
    return false
  }

  private mutating func suits(
    _ device: Device, _ request: Request, _ claim: Int
  ) throws(Failure) -> Bool {
    let match = Match(claim: claim, request: request.fullName, device: device.id)
    if let verdict = known[match] { return verdict }
    let verdict = try matches(request, device, claims[claim])
    known[match] = verdict
    return verdict
  }

  private func isFree(_ device: Device, for request: Request) -> Bool {
    if device.isTainted(request.tolerations) { return false }
    if request.isAdmin { return true }
    return !taken.contains(device.id)
      && !chosen.contains { $0.device.id == device.id && !$0.request.isAdmin }
  }

  /// All devices that a constraint is about share a value, or have different ones.
  private func satisfiesConstraints(_ device: Device, _ request: Request, _ claim: Int) -> Bool {
    for constraint in claims[claim][path: "spec", "devices", "constraints"]?.array ?? [] {
      let names = constraint["requests"]?.array?.compactMap(\.string) ?? []
      func concerns(_ one: Request) -> Bool {
        names.isEmpty || names.contains(one.fullName)
          || !one.parent.isEmpty && names.contains(one.parent)
      }
      guard concerns(request) else { continue }
      let isMatch = constraint["matchAttribute"] != nil
      let name = constraint.name(in: isMatch ? "matchAttribute" : "distinctAttribute")
      guard let own = device.attribute(name) else { return false }
      let others = chosen.filter { $0.claim == claim && concerns($0.request) }.compactMap {
        $0.device.attribute(name)
      }
      if isMatch ? others.contains(where: { $0 != own }) : others.contains(own) { return false }
    }
    return true
  }

  // The result as a claim's status has it.
  private func allocation(_ claim: Int) -> Value {
    let own = chosen.filter { $0.claim == claim }
    var devices: Value = [
      "results": .array(
        own.map { choice in
          var result: Value = [
            "request": .string(choice.request.fullName),
            "driver": .string(choice.device.id.driver), "pool": .string(choice.device.id.pool),
            "device": .string(choice.device.id.name),
          ]
          if choice.request.isAdmin { result["adminAccess"] = true }
          result["tolerations"] = choice.request.value["tolerations"]
          return result
        })
    ]
    let configurations = configurations(claim, own)
    if !configurations.isEmpty { devices["config"] = .array(configurations) }
    var allocation: Value = ["devices": devices]
    allocation["nodeSelector"] = nodeSelector(own.map(\.device))
    return allocation
  }

  /// Parameters of the classes first, then the claim's own.
  private func configurations(_ claim: Int, _ own: [Choice]) -> [Value] {
    let total = claims[claim][path: "spec", "devices", "requests"]?.array?.count ?? 0
    func entry(_ source: String, _ names: [String], _ value: Value) -> Value {
      var entry: Value = ["source": .string(source), "opaque": value["opaque"] ?? .null]
      // Naming all is the same as naming none.
      if !names.isEmpty, names.count < total {
        entry["requests"] = .array(names.map { .string($0) })
      }
      return entry
    }
    var names: [String] = []
    var byClass: [(Value, [String])] = []
    for choice in own where !names.contains(choice.request.fullName) {
      names.append(choice.request.fullName)
      let place = byClass.firstIndex { $0.0.name == choice.request.deviceClass.name }
      if let place {
        byClass[place].1.append(choice.request.fullName)
      } else {
        byClass.append((choice.request.deviceClass, [choice.request.fullName]))
      }
    }
    var found: [Value] = []
    for (deviceClass, users) in byClass {
      for item in deviceClass[path: "spec", "config"]?.array ?? [] {
        found.append(entry("FromClass", users, item))
      }
    }
    for item in claims[claim][path: "spec", "devices", "config"]?.array ?? [] {
      let wanted = item["requests"]?.array?.compactMap(\.string) ?? []
      let isUsed = names.contains { name in
        wanted.contains(name) || wanted.contains(String(name.prefix { $0 != "/" }))
      }
      if wanted.isEmpty || isUsed { found.append(entry("FromClaim", wanted, item)) }
    }
    return found
  }

  /// Where the devices can be used; nil: everywhere.
  private func nodeSelector(_ devices: [Device]) -> Value? {
    var expressions: [Value] = []
    for device in devices {
      let isOwn = device.slice["perDeviceNodeSelection"]?.bool == true
      let place = isOwn ? device.value : device.slice
      if let name = place["nodeName"]?.string, !name.isEmpty {
        return [
          "nodeSelectorTerms": [
            [
              "matchFields": [
                ["key": "metadata.name", "operator": "In", "values": [.string(name)]]
              ]
            ]
          ]
        ]
      }
      // A slice's selector has one term.
      for item in place[path: "nodeSelector", "nodeSelectorTerms"]?[0]?["matchExpressions"]?.array
        ?? [] where !expressions.contains(item)
      { expressions.append(item) }
    }
    return expressions.isEmpty
      ? nil : ["nodeSelectorTerms": [["matchExpressions": .array(expressions)]]]
  }
}
